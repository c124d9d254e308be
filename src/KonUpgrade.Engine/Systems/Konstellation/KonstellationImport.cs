using System.Collections.Concurrent;
using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Konstellation;

/// <summary>
/// Konstellation's objects on their way into another cluster. A target or a role that is missing there, or a Build that
/// could not be brought, fails the Apps that need it and nothing else.
/// </summary>
/// <param name="roles">Looks up IAM roles; null where nothing may be asked.</param>
internal sealed class KonstellationImport(IIamRoles? roles) : IImportHook
{
    private const string Group = "k11n.dev";
    private const int LookUpsAtOnce = 8;
    private readonly SharedConfigs _sharedConfigs = new();
    private readonly HashSet<string> _sharedObjects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AppImage> _builds = new(StringComparer.Ordinal);
    private readonly HashSet<string> _accounts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _neededAccounts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _targetAccounts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _targetSharedConfigs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Role> _roles = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ObjectKey, string> _failed = new();
    private KonstellationCluster? _cluster;
    private string _target = "";

    /// <inheritdoc/>
    public bool Concerns(string group, string kind) =>
        group == Group ? kind is "App" or "AppConfig" or "Build" or "LinkedServiceAccount" or "CertificateRef" : group.Length == 0 && kind == "ServiceAccount";

    /// <inheritdoc/>
    public void Inspect(KubernetesObject o)
    {
        switch (o.Kind)
        {
            case "AppConfig":
                _sharedConfigs.Add(o);
                if (o.Label(SharedConfigs.NameLabel) is { Length: > 0 })
                    _sharedObjects.Add(o.Name);
                break;
            case "Build":
                _builds[o.Name] = AppImage.Read(o.Root.Member("spec"), "tag");
                break;
            case "LinkedServiceAccount":
                _accounts.Add(o.Name);
                break;
            case "App" when AppNeeds.Read(o).ServiceAccount is { } account:
                _neededAccounts.Add(account);
                break;
        }
    }

    /// <inheritdoc/>
    public int RankOf(ObjectKey key) => key.Kind == "AppConfig" && _sharedObjects.Contains(key.Name) ? 1 : 0;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ImportAddition>> PrepareAsync(ImportHookContext context, CancellationToken cancellationToken)
    {
        _target = context.Target.Target;
        await ReadTargetAsync(context, cancellationToken).ConfigureAwait(false);
        if (_cluster is null)
        {
            context.Reporter.Warning($"{_target} has no ClusterConfig: no App with a target and no linked service account can be imported before kon has made it.");
            return [];
        }
        await LookUpRolesAsync(context.Reporter, cancellationToken).ConfigureAwait(false);
        var position = context.Order.PositionOf(Group, "App");
        position = position with { Rank = position.Rank - 1 };
        return
        [
            .. from account in _accounts.Order(StringComparer.Ordinal)
               where _cluster.RoleArn(account) is not null
               from target in _cluster.Targets
               select LinkedAccounts.ServiceAccount(account, target, _cluster.RoleArn(account)!, position, RoleOf(account).Note),
        ];
    }

    /// <inheritdoc/>
    public ImportVerdict Judge(KubernetesObject o) => o.Kind switch
    {
        "App" => JudgeApp(o),
        "LinkedServiceAccount" => JudgeAccount(o),
        "CertificateRef" => CertificateRefs.WhyNot(o, _cluster) is { } reason ? ImportVerdict.Skip(reason) : ImportVerdict.Write,
        "AppConfig" => ImportVerdict.Write with { Note = _sharedConfigs.NoteOn(o) },
        _ => ImportVerdict.Write,
    };

    /// <inheritdoc/>
    public ImportVerdict JudgeExisting(KubernetesObject imported, KubernetesObject live) =>
        imported.Kind == "AppConfig" && SharedConfigs.WhyNotOver(imported, live) is { } reason
            ? ImportVerdict.Fail(new Failure
            {
                Id = "SharedConfigCollision",
                Kind = FailureKind.Conflict,
                Message = reason,
                Recommendation = "Decide which of the two the cluster is to have; give the other one another name, or put its values into app configs.",
                Target = imported.ToString(),
            })
            : ImportVerdict.Write;

    /// <inheritdoc/>
    public void Finished(ObjectKey key, ClusterConfigChange change)
    {
        if (change.Action == ClusterConfigChangeAction.Failed)
            _failed[key] = change.Failure?.Message ?? change.Reason ?? "it failed";
        else if (key.Kind == "ServiceAccount" && change.Action == ClusterConfigChangeAction.Skipped && change.Fields.Any(f => LinkedAccounts.IsRole(f.Path)))
            _failed[key] = "it exists and is not bound to the account's role (its annotation eks.amazonaws.com/role-arn is another one, or none).";
    }

    private ImportVerdict JudgeAccount(KubernetesObject account)
    {
        if (_cluster is null)
            return NoCluster(account);
        return ImportVerdict.Write with
        {
            Json = LinkedAccounts.WithTargets(account, _cluster),
            Note = Join(RoleOf(account.Name).Note, _cluster.AccountId is null ? $"No ServiceAccounts are made for it: {UnknownAccount()}" : null),
        };
    }

    private ImportVerdict JudgeApp(KubernetesObject app)
    {
        var needs = AppNeeds.Read(app);
        if (_cluster is null)
            return needs.Running.Count + needs.Halted.Count == 0 && needs.ServiceAccount is null ? ImportVerdict.Write : NoCluster(app);
        if (needs.MissingTargets(_cluster.Targets) is { Count: > 0 } missing)
        {
            return Fail(app, "TargetMissing", FailureKind.NotFound,
                $"The App runs on {List("the target", missing)}, which {_target} does not have (its ClusterConfig has {Quoted(_cluster.Targets)}).",
                "Add the target with 'kon cluster configure', or take it out of the App, and import again.");
        }
        if (FailedBuild(needs.Image) is var (build, why))
        {
            return Fail(app, "BuildMissing", FailureKind.NotFound,
                $"The App runs the Build '{build}', which could not be imported: {why} The operator would register one of its own, with another time.",
                "Import both again when that is mended.");
        }
        string? note = null;
        if (needs.ServiceAccount is { } account)
        {
            if (JudgeNeededAccount(app, needs, account) is { } verdict)
                return verdict;
            note = RoleOf(account).Note;
        }
        if (needs.MissingHaltedTargets(_cluster.Targets) is { Count: > 0 } halted)
            note = Join(note, $"It is halted on {List("the target", halted)}, which {_target} does not have.");
        if (needs.Configs.Where(c => !_sharedConfigs.Contains(c) && !_targetSharedConfigs.Contains(c)).ToList() is { Count: > 0 } configs)
            note = Join(note, $"It names {List("the shared config", configs)}, which is neither in the import nor on {_target}.");
        return ImportVerdict.Write with { Note = note };
    }

    private (string Name, string Why)? FailedBuild(AppImage image)
    {
        foreach (var (key, why) in _failed.Where(failed => failed.Key.Kind == "Build").OrderBy(failed => failed.Key.Name, StringComparer.Ordinal))
        {
            if (_builds.TryGetValue(key.Name, out var build) && image.Means(build))
                return (key.Name, why);
        }

        return null;
    }

    private ImportVerdict? JudgeNeededAccount(KubernetesObject app, AppNeeds needs, string account)
    {
        if (!_accounts.Contains(account) && !_targetAccounts.Contains(account))
        {
            return Fail(app, "LinkedServiceAccountMissing", FailureKind.NotFound,
                $"The App runs as the linked service account '{account}', which is neither in the import nor on {_target}.", "Import the linked service account with the App.");
        }
        if (_failed.TryGetValue(new ObjectKey(Group, "LinkedServiceAccount", null, account), out var why))
        {
            return Fail(app, "LinkedServiceAccountMissing", FailureKind.NotFound,
                $"The App runs as the linked service account '{account}', which could not be imported: {why}", "Import both again when that is mended.");
        }
        if (_cluster!.RoleArn(account) is not { } arn)
            return Fail(app, "RoleUnknown", FailureKind.NotFound, $"The App runs as the linked service account '{account}'. {UnknownAccount()}", "Import again when kon has finished setting up the cluster.");
        if (RoleOf(account).Missing)
        {
            return Fail(app, "RoleMissing", FailureKind.NotFound,
                $"The App runs as the linked service account '{account}', whose role {arn} is not there.",
                $"Let kon make the role ('kon account' on {_cluster.Name}, or 'kon cluster import' of the linked accounts), then import again.");
        }
        var failed = needs.Running.Concat(needs.Halted).Where(t => _failed.ContainsKey(LinkedAccounts.KeyOf(account, t))).ToList();
        if (failed.Count > 0)
        {
            return Fail(app, "ServiceAccountMissing", FailureKind.NotFound,
                $"The ServiceAccount '{account}' that the App runs as is not as it should be for {List("the target", failed)}: {_failed[LinkedAccounts.KeyOf(account, failed[0])]}",
                "Import again when that is mended.");
        }
        return null;
    }

    private async Task ReadTargetAsync(ImportHookContext context, CancellationToken cancellationToken)
    {
        // Konstellation itself takes the first ClusterConfig that the server lists.
        await EachAsync("ClusterConfig", o => _cluster ??= KonstellationCluster.Read(o)).ConfigureAwait(false);
        await EachAsync("LinkedServiceAccount", o => _targetAccounts.Add(o.Name)).ConfigureAwait(false);
        await EachAsync("AppConfig", o =>
        {
            if (o.Label(SharedConfigs.NameLabel) is { Length: > 0 } name)
                _targetSharedConfigs.Add(name);
        }).ConfigureAwait(false);

        async Task EachAsync(string kind, Action<KubernetesObject> look)
        {
            // A target without the CRDs gets them with this import, and has no objects of them.
            if (context.Catalog.FindPreferred(Group, kind) is not { } resource)
                return;
            await foreach (var o in context.Target.ListAsync(resource, ListOptions.All, cancellationToken).ConfigureAwait(false))
            {
                using (o)
                    look(o);
            }
        }
    }

    private async Task LookUpRolesAsync(IReporter reporter, CancellationToken cancellationToken)
    {
        var cluster = _cluster!;
        if (cluster.AccountId is null)
        {
            reporter.Warning(UnknownAccount());
            return;
        }
        await Parallel.ForEachAsync(
            _accounts.Union(_neededAccounts),
            new ParallelOptions { MaxDegreeOfParallelism = LookUpsAtOnce, CancellationToken = cancellationToken },
            async (account, token) => _roles[account] = await LookUpAsync(cluster, account, token).ConfigureAwait(false)).ConfigureAwait(false);
        if (_roles.Values.FirstOrDefault(r => r.WhyUnverified is not null) is { } unverified)
            reporter.Warning($"Whether the roles of linked service accounts are there could not be verified: {unverified.WhyUnverified}");
    }

    private async Task<Role> LookUpAsync(KonstellationCluster cluster, string account, CancellationToken cancellationToken)
    {
        var arn = cluster.RoleArn(account)!;
        if (roles is null)
            return new Role(arn, false, "AWS is not asked.");
        try
        {
            var found = await roles.GetRoleAsync(cluster.RoleName(account), cancellationToken).ConfigureAwait(false);
            if (found is null || found.Arn == arn)
                return new Role(arn, found is null, null);
            // The credentials are good for an account, and it is another one.
            return new Role(arn, false, $"the AWS credentials belong to another account than {cluster.AccountId}: they found {found.Arn}.");
        }
        catch (UpgradeException e)
        {
            return new Role(arn, false, e.Failure.Message);
        }
    }

    private Role RoleOf(string account) => _roles.GetValueOrDefault(account) ?? new Role("", false, null);

    private string UnknownAccount() =>
        $"The number of {_target}'s AWS account is not known: its ClusterConfig's status.aws has no role ARNs yet.";

    private ImportVerdict NoCluster(KubernetesObject o) => Fail(o, "ClusterConfigMissing", FailureKind.NotFound,
        $"{_target} has no ClusterConfig, so none of its targets is known.", "Create and configure the cluster with kon, then import again.");

    private static ImportVerdict Fail(KubernetesObject o, string id, FailureKind kind, string message, string recommendation) => ImportVerdict.Fail(new Failure
    {
        Id = id,
        Kind = kind,
        Message = message,
        Recommendation = recommendation,
        Target = o.ToString(),
    });

    private static string List(string what, IReadOnlyList<string> names) => $"{what}{(names.Count == 1 ? "" : "s")} {string.Join(", ", names)}";

    private static string Quoted(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);

    private static string? Join(string? a, string? b) => a is null ? b : b is null ? a : $"{a} {b}";

    private sealed record Role(string Arn, bool Missing, string? WhyUnverified)
    {
        public string? Note => Missing ? $"Its role {Arn} is not there: pods that run as it get no credentials before kon has made it."
            : WhyUnverified is not null ? $"Whether its role {Arn} is there could not be verified: {WhyUnverified}"
            : null;
    }
}
