using System.Text.Json;
using KonUpgrade.Engine.ApiVersions;
using KonUpgrade.Engine.Configuration.Cleaning;
using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Planning;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// Brings one object into the target. An object that is absent costs one request: it is created at once, and the
/// server tells when it was there already.
/// </summary>
internal sealed class ObjectImport(
    KubernetesClient client,
    string context,
    TargetServices services,
    OwnerLookup owners,
    ExistingObjects existing,
    BackEnds backEnds,
    CustomResources customResources,
    ImportLedger ledger,
    IImportHook? hook,
    ImportSelection selection,
    SystemDescription system,
    CleanManifests manifests,
    Quotas quotas,
    ImportOutward outward,
    ImportHold hold,
    ImportVolumes volumes,
    TargetNames names,
    MissingReferences references,
    ImportPreview preview,
    ImportOwnership ownership,
    SemaphoreSlim writes,
    ImportOptions options)
{
    // Of every object in hand there are several forms at once: its text, its JSON, what is sent, what comes back.
    private readonly ByteBudget _memory = new(2 * 1024 * 1024);

    private static readonly RetryPolicy s_settling = new()
    {
        MaxAttempts = 100,
        BaseDelay = TimeSpan.FromMilliseconds(100),
        MaxDelay = TimeSpan.FromSeconds(1),
        Deadline = TimeSpan.FromSeconds(20),
    };

    /// <summary>Brings the object in, or says what it waits for.</summary>
    public async Task<ImportStep> RunAsync(ImportItem item, CancellationToken cancellationToken)
    {
        try
        {
            if (Blocked(item) is { } blocked)
                return new ImportStep(Failed(item, blocked));
            using var room = await _memory.TakeAsync(item.File?.Length ?? 0, cancellationToken).ConfigureAwait(false);
            using var source = await LoadAsync(item, cancellationToken).ConfigureAwait(false);
            if (item.File is not null && !selection.Selects(source))
                return ImportStep.NotSelected;
            if (!CleanManifests.IsOfServer(source))
                return await BringAsync(item, source, cancellationToken).ConfigureAwait(false);
            using var clean = manifests.Clean(source, out var leftOut);
            return clean is not null ? await BringAsync(item, clean, cancellationToken).ConfigureAwait(false) : new ImportStep(Skipped(item, leftOut!));
        }
        catch (UpgradeException e)
        {
            return new ImportStep(Failed(item, IsSensitive(item) ? SensitiveFailures.Of(e, item) : e.Failure) with
            {
                Verified = options.DryRun && e is KubernetesApiException { StatusCode: not 0 } ? ImportVerification.Server : null,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return new ImportStep(Failed(item, ImportFailures.Unreadable(item, e)));
        }
    }

    /// <summary>An object that can't be brought in.</summary>
    public ClusterConfigChange Failed(ImportItem item, Failure failure) => Change(item, item.ApiVersion, ClusterConfigChangeAction.Failed) with
    {
        Reason = failure.Message,
        Failure = failure.Target is null ? failure with { Target = item.ToString() } : failure,
    };

    /// <summary>An object that is left alone.</summary>
    public ClusterConfigChange Skipped(ImportItem item, string reason) =>
        Change(item, item.ApiVersion, ClusterConfigChangeAction.Skipped) with { Reason = reason };

    // What is known to fail before the object is even read.
    private Failure? Blocked(ImportItem item)
    {
        if (item.Key.Namespace is { } ns && ledger.OutcomeOf(new ObjectKey("", "Namespace", null, ns)) is { Action: ClusterConfigChangeAction.Failed, Uid: null } outcome)
            return ImportFailures.NamespaceFailed(item, outcome.Reason ?? "");
        return customResources.WhyNotServed(item);
    }

    private static Task<KubernetesObject> LoadAsync(ImportItem item, CancellationToken cancellationToken) => item.Addition is { } addition
        ? Task.FromResult(KubernetesObject.Parse(addition.Json))
        : item.File!.LoadAsync(cancellationToken);

    private async Task<ImportStep> BringAsync(ImportItem item, KubernetesObject source, CancellationToken cancellationToken)
    {
        var verdict = item.File is not null && hook is not null && hook.Concerns(item.Key.Group, item.Key.Kind) ? hook.Judge(source) : ImportVerdict.Write;
        if (verdict.Failure is { } refused)
            return new ImportStep(Failed(item, refused));
        if (verdict.SkipReason is { } skip)
            return new ImportStep(Skipped(item, skip));
        var choice = services.Choose(item);
        if (choice.Resource is not { } resource)
        {
            return new ImportStep(Failed(item, ImportFailures.KindNotServed(item, choice.Refusal!)));
        }
        if (VersionShapes.WhyNot(source.Root, item.ApiVersion, item.Key.Kind, resource.ApiVersion) is { } lack)
            return new ImportStep(Failed(item, ImportFailures.OtherShape(item, resource.ApiVersion, lack)));
        if (resource.Namespaced && item.Key.Namespace is null)
            return new ImportStep(Failed(item, ImportFailures.NoNamespace(item)));
        var outside = item.File is null ? null : await outward.WhyNotAsync(resource, source, cancellationToken).ConfigureAwait(false);
        if (outside is not null && !hold.CanHold(resource, source, out var controller))
            return new ImportStep(await WaitAsync(item, resource, source, controller is null ? outside : $"{outside} It can't be held, since its controller, {controller}, decides whether it runs.", cancellationToken).ConfigureAwait(false));
        var (found, missing) = await owners.FindAsync(item, cancellationToken).ConfigureAwait(false);
        if (missing is not null)
            return new ImportStep(Failed(item, missing));
        var judges = await backEnds.LookAsync(item, resource, source, cancellationToken).ConfigureAwait(false);
        if (judges.Pending is not null)
            return new ImportStep(null, judges.Pending);
        if (judges.Failure is { } notReady)
            return new ImportStep(Failed(item, notReady));
        return new ImportStep(await SendAsync(item, choice, source, verdict, found, judges, outside, cancellationToken).ConfigureAwait(false));
    }

    // What acts outside is not written. Where somebody else has put it there it does so already, which is said.
    private async Task<ClusterConfigChange> WaitAsync(ImportItem item, ApiResource resource, KubernetesObject source, string why, CancellationToken cancellationToken)
    {
        try
        {
            using var converted = ImportConversion.Of(source, resource, out _);
            var body = hold.Decide(resource, ImportBody.For(converted ?? source, resource.ApiVersion, []), item.File?.Owner, cause: null);
            if (await existing.CompareAsync(item, resource, body, why, cancellationToken).ConfigureAwait(false) is { } there)
                return options.DryRun ? there with { Verified = ImportVerification.Server } : there;
        }
        catch (KubernetesApiException e) when (e.StatusCode is 403 or 404)
        {
            // Its kind comes with the import, or it may not be looked for: it waits in any case.
        }
        return Skipped(item, $"{why} -AllowOutward {item.Key.Kind} brings it.") with { Outward = item.Key.Kind };
    }

    private async Task<ClusterConfigChange> SendAsync(
        ImportItem item, VersionChoice choice, KubernetesObject source, ImportVerdict verdict, IReadOnlyList<TargetOwner> found, BackEndState judges, string? outside,
        CancellationToken cancellationToken)
    {
        var resource = choice.Resource!;
        var note = verdict.Note ?? item.Addition?.Note;
        using var replaced = verdict.Json is { } json ? KubernetesObject.Parse(json) : null;
        using var shaped = volumes.Shape(replaced ?? source, out var ofVolume);
        using var converted = ImportConversion.Of(shaped ?? replaced ?? source, resource, out var changed);
        var arriving = converted ?? shaped ?? replaced ?? source;
        references.Learn(item, arriving);
        var claims = await MissingClaimsAsync(arriving, cancellationToken).ConfigureAwait(false);
        var body = hold.Decide(resource, ImportBody.For(arriving, resource.ApiVersion, found), item.File?.Owner, HoldCause.Of(claims, item.Key.Kind, outside));
        var change = await WriteAsync(item, resource, body, judges, cancellationToken).ConfigureAwait(false);
        change = await customResources.SettleAsync(item, resource, change, body.Created, cancellationToken).ConfigureAwait(false);
        if (ofVolume is not null && change.Action is ClusterConfigChangeAction.Created)
            note = Join(note, ofVolume);
        if (claims is not null && body.Held is null && change.Action is not (ClusterConfigChangeAction.Skipped or ClusterConfigChangeAction.Failed))
            note = Join(note, $"Beware: {claims.Reason}.");
        if (choice.Renamed && change.Action is ClusterConfigChangeAction.Created)
            note = Join(note, $"Written as {resource.ApiVersion}, since the target does not serve {item.ApiVersion}.");
        if (changed is not null && change.Action is ClusterConfigChangeAction.Created)
            note = Join(note, changed);
        if (change.Action is ClusterConfigChangeAction.Created && Finalizers.NoteOn(source) is { } held)
            note = Join(note, held);
        if (options.DryRun)
        {
            if (owners.PlannedOf(item, found) is { } planned)
                note = Join(note, planned);
            if (resource is { Group: "admissionregistration.k8s.io" } && change.Action is ClusterConfigChangeAction.Created or ClusterConfigChangeAction.Updated)
                backEnds.Plan(arriving);
        }
        if (change.Action is ClusterConfigChangeAction.Created && body.Held is not null)
        {
            change = change with { Held = body.Held };
            note = note is null ? body.Note : $"{body.Note} {note}";
        }
        return note is null ? change : change with { Reason = Join(change.Reason, note) };
    }

    // What runs without its data would begin anew with an empty volume, and the data that comes later finds its place taken.
    private async Task<MissingClaims?> MissingClaimsAsync(KubernetesObject o, CancellationToken cancellationToken)
    {
        var missing = new List<ObjectKey>();
        foreach (var claim in volumes.ClaimsOf(o))
        {
            if (ledger.OutcomeOf(claim) is { Action: ClusterConfigChangeAction.Created or ClusterConfigChangeAction.Updated or ClusterConfigChangeAction.Unchanged })
                continue;
            // Where it can't be told, it is taken for missing: what is held can be resumed, data that is shadowed can't be found.
            if (await names.HasAsync(claim, cancellationToken).ConfigureAwait(false) != true)
                missing.Add(claim);
        }

        return missing.Count == 0 ? null : new MissingClaims(missing, context);
    }

    private async Task<ClusterConfigChange> WriteAsync(
        ImportItem item, ApiResource resource, ImportWorkload body, BackEndState judges, CancellationToken cancellationToken)
    {
        await writes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return options.DryRun
                ? await preview.WriteAsync(item, resource, body, judges, () => CreateOrChangeAsync(item, resource, body, cancellationToken), cancellationToken).ConfigureAwait(false)
                : await CreateOrChangeAsync(item, resource, body, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            writes.Release();
        }
    }

    private async Task<ClusterConfigChange> CreateOrChangeAsync(ImportItem item, ApiResource resource, ImportWorkload body, CancellationToken cancellationToken)
    {
        // Where a quota counts, a create of what is there already would be charged before it is refused.
        if (await quotas.CountInAsync(item.Key.Namespace, cancellationToken).ConfigureAwait(false)
            && await existing.BringAsync(item, resource, body, cancellationToken).ConfigureAwait(false) is { } known)
        {
            return known;
        }
        // The second turn is for what was there, and was gone when it was looked at.
        for (var turn = 0; turn < 2; turn++)
        {
            KubernetesApiException? refusal = null;
            try
            {
                if (await CreateAsync(item, resource, body, cancellationToken).ConfigureAwait(false) is { } created)
                    return created;
            }
            catch (KubernetesApiException e) when (e.StatusCode is 400 or 403 or 409 or 422)
            {
                // A quota, a port that is taken, a webhook: all are asked before a server sees that the object is there.
                refusal = e;
            }
            if (await LookAsync(item, resource, body, refusal, cancellationToken).ConfigureAwait(false) is { } there)
                return there;
            if (refusal is not null)
                throw refusal;
        }
        return Failed(item, ImportFailures.Terminating(item, ", or is deleted and made again by somebody else"));
    }

    private async Task<ClusterConfigChange?> LookAsync(
        ImportItem item, ApiResource resource, ImportWorkload body, KubernetesApiException? refusal, CancellationToken cancellationToken)
    {
        try
        {
            return await existing.BringAsync(item, resource, body, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesApiException e) when (refusal is not null && e.StatusCode == 403)
        {
            // It may not be read either: what the server said first tells more.
            return null;
        }
    }

    /// <summary>Creates the object under the name and operation that own it on the source.</summary>
    /// <returns>Null where it is there already.</returns>
    private async Task<ClusterConfigChange?> CreateAsync(ImportItem item, ApiResource resource, ImportWorkload body, CancellationToken cancellationToken)
    {
        var owner = item.File?.Owner;
        var manager = ImportOwner.ManagerOf(item);
        var write = new WriteOptions { FieldManager = manager, DryRun = options.DryRun, FieldValidation = FieldValidation.Strict };
        try
        {
            string? note = null;
            using var created = await SettledAsync(
                item,
                async () =>
                {
                    if (owner?.Operation != "Apply" || note is not null)
                        return await client.CreateAsync(resource, item.Key.Namespace, body.Created, write, cancellationToken).ConfigureAwait(false);
                    try
                    {
                        return await client.CreateByApplyAsync(resource, item.Key.Namespace, body.Created, write, cancellationToken).ConfigureAwait(false);
                    }
                    catch (KubernetesApiException e) when (e.Failure.Id == "NotAppliable" && e.Failure.Message.Contains("duplicate entries for key", StringComparison.Ordinal))
                    {
                        // Lists may hold an entry twice, as long as nobody applies them.
                        note = $"{manager} owns it by update and not by apply, since it holds entries twice{(IsSensitive(item) ? "." : $": {e.Failure.Message}")}";
                        return await client.CreateAsync(resource, item.Key.Namespace, body.Created, write, cancellationToken).ConfigureAwait(false);
                    }
                },
                cancellationToken).ConfigureAwait(false);
            var change = Change(item, resource.ApiVersion, ClusterConfigChangeAction.Created) with { FieldManager = manager, Uid = created.Uid, Reason = note };
            if (options.DryRun)
                return change with { Fields = existing.MadeOf(item, body.Created, created) };
            var creator = new FieldManager(manager, owner?.Operation == "Apply" && note is null ? "Apply" : "Update");
            return await ownership.OfCreatedAsync(item, resource, created, creator, cancellationToken).ConfigureAwait(false) is { } left
                ? change with { Reason = change.Reason is null ? left : Join(change.Reason, left) }
                : change;
        }
        catch (KubernetesApiException e) when (e.StatusCode == 409 && (e.Reason == "AlreadyExists" || (owner?.Operation == "Apply" && e.Reason == "Conflict")))
        {
            return null;
        }
    }

    // What comes with the same import may take a server a moment: a kind that not every API server of a cluster serves
    // yet, a quota that nobody has counted yet.
    private async Task<KubernetesObject> SettledAsync(ImportItem item, Func<Task<KubernetesObject>> send, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(s_settling, TimeProvider.System);
        while (true)
        {
            TimeSpan delay;
            try
            {
                return await send().ConfigureAwait(false);
            }
            catch (KubernetesApiException e) when (!options.DryRun
                && ((e.Failure.Id == "ResourceNotServed" && customResources.ComesWithTheImport(item))
                    || (e.StatusCode == 403 && e.Failure.Message.Contains("status unknown for quota", StringComparison.Ordinal))
                    // A namespace gets its default ServiceAccount from a controller, a moment after it is there.
                    || (e.StatusCode == 403 && e.Failure.Message.Contains("error looking up service account", StringComparison.Ordinal) && NamespaceIsNew(item))
                    // Many at once charge the same quota, and the last ones find it changed.
                    || (e.StatusCode == 409 && e.Failure.Message.Contains("resourcequotas", StringComparison.Ordinal)))
                && backoff.TryNext(e.RetryAfter, out delay))
            {
            }
            await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsSensitive(ImportItem item) => SecretKinds.Contains(system, item.Key.Group, item.Key.Kind);

    private bool NamespaceIsNew(ImportItem item) =>
        item.Key.Namespace is { } ns && ledger.OutcomeOf(new ObjectKey("", "Namespace", null, ns)) is { Action: ClusterConfigChangeAction.Created };

    private ClusterConfigChange Change(ImportItem item, string apiVersion, ClusterConfigChangeAction action) => ExistingObjects.Change(context, item, apiVersion, action);

    private static string Join(string? a, string b) => a is null ? b : $"{a} {b}";
}
