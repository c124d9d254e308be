using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero.Server;

/// <summary>
/// Velero as it is installed in a cluster: whether its kinds are there and its server runs, which version that is, and where
/// it keeps backups. What the login may not look at is not known, and no error.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="veleroNamespace">The namespace of the server.</param>
/// <param name="reporter">Told what is seen.</param>
/// <param name="time">The clock.</param>
internal sealed partial class VeleroServer(ClusterConnection cluster, string veleroNamespace, IReporter reporter, TimeProvider time)
{
    private const string RoleAnnotation = "eks.amazonaws.com/role-arn";
    private static readonly TimeSpan s_answer = TimeSpan.FromSeconds(30);
    private static readonly ApiResource s_accounts = new() { Group = "", Version = "v1", Kind = "ServiceAccount", Plural = "serviceaccounts", Singular = "serviceaccount", Namespaced = true };

    private DeploymentFacts? _deployment;

    /// <summary>What the cluster serves.</summary>
    public ApiCatalog Catalog { get; private set; } = new([], []);

    /// <summary>The server's version, <c>v1.16.1</c>; null where its image does not tell, or was not seen.</summary>
    public string? Version { get; private set; }

    /// <summary>Looks whether Velero is there and runs.</summary>
    /// <exception cref="UpgradeException">VeleroNotInstalled, VeleroNotRunning, VeleroOnlyRestores; or the cluster can't be asked.</exception>
    public async Task RequireAsync(bool forBackup, CancellationToken cancellationToken)
    {
        await RequireInstalledAsync(cancellationToken).ConfigureAwait(false);
        _deployment = await DeploymentAsync(cancellationToken).ConfigureAwait(false);
        if (_deployment is not { } server)
            return;
        Version = VersionOf(server.Image);
        reporter.Verbose($"{Name}: Velero {Version ?? "of an unknown version"} ({server.Image}), {server.Available} of {server.Wanted} ready");
        if (server.Available == 0)
        {
            throw new UpgradeException(new Failure
            {
                Id = "VeleroNotRunning",
                Kind = FailureKind.Unavailable,
                Message = $"Velero's server does not run in {Name}: of the Deployment {veleroNamespace}/{server.Name} 0 of {server.Wanted} are available, and nobody would act on what is made.",
                Recommendation = $"Look at it (kubectl -n {veleroNamespace} describe deployment {server.Name}); after an upgrade it may be held (Resume-ClusterWorkload).",
                Target = $"{veleroNamespace}/{server.Name}",
            });
        }

        if (forBackup && server.OnlyRestores)
        {
            throw new UpgradeException(new Failure
            {
                Id = "VeleroOnlyRestores",
                Kind = FailureKind.Refused,
                Message = $"Velero's server in {Name} runs with --restore-only: it makes no backups.",
                Recommendation = $"Make the backup in the other cluster; or take the argument from the Deployment {veleroNamespace}/{server.Name}.",
                Target = Name,
            });
        }
    }

    /// <summary>Looks whether the cluster has Velero's kinds.</summary>
    /// <exception cref="UpgradeException">VeleroNotInstalled, or the cluster can't be asked.</exception>
    public async Task RequireInstalledAsync(CancellationToken cancellationToken)
    {
        Catalog = await cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        if (Catalog.Find(VeleroResources.Group, "v1", "Backup") is null)
        {
            throw new UpgradeException(Catalog.Failures.FirstOrDefault(failure => ApiCatalog.GroupOf(failure) == VeleroResources.Group) ?? new Failure
            {
                Id = "VeleroNotInstalled",
                Kind = FailureKind.NotFound,
                Message = $"{Name} has no Velero: it does not serve the kinds of {VeleroResources.Group}.",
                Recommendation = "Install it (velero install, or its Helm chart), with the bucket that both clusters share, and run the command again.",
                Target = Name,
            });
        }
    }

    /// <summary>The server's version, asked of itself where its image does not tell. Makes an object in the cluster, and removes it.</summary>
    /// <exception cref="UpgradeException">VeleroSilent: nobody acts on Velero's objects.</exception>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        // An image that tells its version, of a Deployment that is available, is answer enough.
        if (Version is not null)
            return;
        var name = $"konupgrade-{Guid.NewGuid():N}"[..24];
        var (resource, client) = (VeleroResources.ServerStatusRequests, cluster.Client);
        var json = JsonTree.Write(new JsonObject
        {
            ["apiVersion"] = resource.ApiVersion,
            ["kind"] = resource.Kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = veleroNamespace },
            ["spec"] = new JsonObject(),
        });
        string? uid;
        try
        {
            using var made = await client.CreateAsync(resource, veleroNamespace, json, new WriteOptions(), cancellationToken).ConfigureAwait(false);
            uid = made.Uid;
        }
        catch (KubernetesApiException e) when (e.Failure.Kind is FailureKind.PermissionDenied or FailureKind.NotFound)
        {
            reporter.Verbose($"Velero's server in {Name} is not asked for its version. {e.Failure.Message}");
            return;
        }

        try
        {
            string? version = null;
            var follower = new ObjectFollower(client, reporter, time);
            var (isDone, _) = await follower.FollowAsync(resource, veleroNamespace, name, Look, s_answer, cancellationToken).ConfigureAwait(false);
            if (!isDone)
            {
                throw new UpgradeException(new Failure
                {
                    Id = "VeleroSilent",
                    Kind = FailureKind.Unavailable,
                    Message = $"No Velero answers in {Name}: a ServerStatusRequest in the namespace {veleroNamespace} was not answered in {s_answer.TotalSeconds} s.",
                    Recommendation = "Look whether its server runs, and in which namespace (-VeleroNamespace).",
                    Target = Name,
                });
            }

            Version = version;

            bool Look(KubernetesObject? now)
            {
                if (now?.Root.Member("status"u8) is not { } status || !status.Member("phase"u8).Is("Processed"u8))
                    return false;
                version = VersionOf(status.Text("serverVersion"));
                return true;
            }
        }
        finally
        {
            await RemoveAsync(resource, name, uid).ConfigureAwait(false);
        }
    }

    /// <summary>The storage locations.</summary>
    public async Task<IReadOnlyList<VeleroLocation>> LocationsAsync(CancellationToken cancellationToken)
    {
        var locations = new List<VeleroLocation>();
        await foreach (var found in cluster.Client.ListAsync(VeleroResources.StorageLocations, new ListOptions { Namespace = veleroNamespace }, cancellationToken).ConfigureAwait(false))
        {
            using (found)
                locations.Add(VeleroLocation.Of(found));
        }

        return locations;
    }

    /// <summary>A storage location that takes a backup, and can be reached.</summary>
    /// <param name="name">Its name; null for the default one.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">StorageLocationNotFound, StorageLocationReadOnly, StorageLocationNotAvailable.</exception>
    public async Task<VeleroLocation> WritableAsync(string? name, CancellationToken cancellationToken)
    {
        var locations = await LocationsAsync(cancellationToken).ConfigureAwait(false);
        // Without one that says that it is the default, it is the one of that name, unless the server's arguments say another.
        var location = name is not null
            ? locations.FirstOrDefault(one => one.Name == name)
            : locations.FirstOrDefault(one => one.IsDefault) ?? locations.FirstOrDefault(one => one.Name == (_deployment?.DefaultLocation ?? "default"));
        if (location is null)
            throw new UpgradeException(VeleroFailures.LocationMissing(name, Name, [.. locations.Select(one => one.Name)]));
        if (location.IsReadOnly)
            throw new UpgradeException(VeleroFailures.LocationReadOnly(location.Name, Name));
        await RequireAvailableAsync(location, cancellationToken).ConfigureAwait(false);
        return location;
    }

    /// <summary>That Velero reaches a storage location.</summary>
    /// <exception cref="UpgradeException">StorageLocationNotAvailable.</exception>
    public async Task RequireAvailableAsync(VeleroLocation location, CancellationToken cancellationToken)
    {
        var login = await LoginAsync(location, cancellationToken).ConfigureAwait(false);
        reporter.Verbose($"{Name}: the storage location {location.Name} ({location.Address}) is {location.Phase}. {login}");
        // One that was not looked at yet is tried all the same: Velero takes backups for it.
        if (location is { IsAvailable: false, Phase: not "New" })
            throw new UpgradeException(VeleroFailures.LocationUnavailable(location, Name, login));
        var often = location.ValidationFrequency ?? TimeSpan.FromMinutes(1);
        if (often > TimeSpan.Zero && location.LastValidation is { } last && time.GetUtcNow() - last > Max(TimeSpan.FromMinutes(10), often * 5))
            reporter.Warning($"Velero in {Name} looked at the storage location {location.Name} last at {last.UtcDateTime:u}, and it should every {VeleroFailures.Span(often)}: its server may not work.");
    }

    private string Name => cluster.Context.Name;

    // How Velero logs in to the bucket, as far as it can be seen: never the login itself.
    private async Task<string> LoginAsync(VeleroLocation location, CancellationToken cancellationToken)
    {
        if (location.CredentialSecret is { } secret)
            return $"It logs in by the Secret {veleroNamespace}/{secret}.";
        if (location.Provider is not (null or "aws" or "velero.io/aws"))
            return "";
        var account = _deployment?.ServiceAccount ?? "velero";
        string? role = null;
        var isSeen = false;
        try
        {
            using var found = await cluster.Client.GetAsync(s_accounts, veleroNamespace, account, cancellationToken).ConfigureAwait(false);
            (role, isSeen) = (found?.Annotation(RoleAnnotation), found is not null);
        }
        catch (KubernetesApiException e) when (e.StatusCode == 403)
        {
            // Then it is not known.
        }

        if (role is { Length: > 0 })
            return $"It logs in as the role {role} (ServiceAccount {veleroNamespace}/{account}), whose trust policy must name this cluster's issuer and that ServiceAccount.";
        if (_deployment?.CredentialSecret is { } mounted)
            return $"It logs in by the Secret {veleroNamespace}/{mounted}.";
        return isSeen ? $"Its ServiceAccount {veleroNamespace}/{account} has no annotation {RoleAnnotation}, and no Secret is mounted: only EKS Pod Identity or the node's role can be its login." : "";
    }

    private async Task<DeploymentFacts?> DeploymentAsync(CancellationToken cancellationToken)
    {
        DeploymentFacts? best = null;
        try
        {
            await foreach (var found in cluster.Client.ListAsync(CoreResources.Deployments, new ListOptions { Namespace = veleroNamespace }, cancellationToken).ConfigureAwait(false))
            {
                using (found)
                {
                    if (DeploymentFacts.Of(found) is { } facts && (best is null || facts.Name == "velero"))
                        best = facts;
                }
            }
        }
        catch (KubernetesApiException e) when (e.StatusCode == 403)
        {
            reporter.Verbose($"Velero's Deployment in {Name} is not looked at. {e.Failure.Message}");
        }

        return best;
    }

    private async Task RemoveAsync(ApiResource resource, string name, string? uid)
    {
        try
        {
            await cluster.Client.DeleteAsync(resource, veleroNamespace, name, new DeleteOptions { Uid = uid }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (UpgradeException e)
        {
            // The server removes what was answered by itself.
            reporter.Verbose($"{name} stays for Velero to remove. {e.Failure.Message}");
        }
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static string? VersionOf(string? text) => text is null ? null : VersionText().Matches(text).LastOrDefault() is { } match ? $"v{match.Groups[1].Value}" : null;

    [GeneratedRegex(@"(?:^|[:v-])v?([0-9]+\.[0-9]+(?:\.[0-9]+)?)")]
    private static partial Regex VersionText();

    /// <summary>What the Deployment of a server tells.</summary>
    private sealed record DeploymentFacts
    {
        public required string Name { get; init; }

        public required string Image { get; init; }

        public int Wanted { get; init; }

        public int Available { get; init; }

        public string? ServiceAccount { get; init; }

        public string? CredentialSecret { get; init; }

        public string? DefaultLocation { get; init; }

        public bool OnlyRestores { get; init; }

        /// <summary>Null where it is another program's.</summary>
        public static DeploymentFacts? Of(KubernetesObject o)
        {
            var pod = o.Root.Member("spec"u8).Member("template"u8).Member("spec"u8);
            foreach (var container in pod.Objects("containers"))
            {
                string[] words = [.. container.Texts("command"), .. container.Texts("args")];
                // The user interfaces and exporters that stand beside it have its labels, and not its command.
                if (!words.Contains("server") && o.Name != "velero")
                    continue;
                if (container.Text("image") is not { } image || (!image.Contains("velero", StringComparison.OrdinalIgnoreCase) && o.Name != "velero"))
                    continue;
                return new DeploymentFacts
                {
                    Name = o.Name,
                    Image = image.IndexOf('@', StringComparison.Ordinal) is > 0 and var digest ? image[..digest] : image,
                    Wanted = Number(o.Root.Member("spec"u8).Member("replicas"u8)) ?? 1,
                    Available = Number(o.Root.Member("status"u8).Member("availableReplicas"u8)) ?? 0,
                    ServiceAccount = pod.Text("serviceAccountName") ?? pod.Text("serviceAccount"),
                    CredentialSecret = pod.Objects("volumes").Select(volume => volume.Member("secret"u8).Text("secretName")).FirstOrDefault(secret => secret is not null),
                    DefaultLocation = Argument(words, "--default-backup-storage-location"),
                    OnlyRestores = words.Contains("--restore-only") || Argument(words, "--restore-only") == "true",
                };
            }

            return null;
        }

        private static string? Argument(string[] words, string name) => words.FirstOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

        private static int? Number(JsonPart part) => part.ValueKind == JsonValueKind.Number && part.TryGetInt32(out var number) ? number : null;
    }
}
