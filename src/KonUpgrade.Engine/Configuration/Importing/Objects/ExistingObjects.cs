using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>What becomes of objects that the target has already.</summary>
internal sealed class ExistingObjects(
    KubernetesClient client, Autoscaled autoscaled, TerminatingObjects terminating, HeldValues heldValues, ObjectApply apply, ImportOwnership ownership, IImportHook? hook, ImportLedger ledger, ImportChanges changes, ImportOptions options)
{
    private static readonly HashSet<string> s_replicas = ["spec.replicas"];

    /// <summary>Compares the object with the target's and does with it what the options say.</summary>
    /// <param name="item">The object.</param>
    /// <param name="resource">What it is written to.</param>
    /// <param name="workload">What is wanted of it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="mayTry">In a dry run, whether the server may be asked what a change would make of it.</param>
    /// <param name="mayWrite">Whether it may be changed where it has to be.</param>
    /// <returns>Null where it is gone, or would have to be changed and must not.</returns>
    public async Task<ClusterConfigChange?> BringAsync(
        ImportItem item, ApiResource resource, ImportWorkload workload, CancellationToken cancellationToken, bool mayTry = true, bool mayWrite = true)
    {
        using var first = await client.GetAsync(resource, item.Key.Namespace, item.Key.Name, cancellationToken).ConfigureAwait(false);
        if (first is null)
            return null;
        if (first.Metadata.TryGetProperty("deletionTimestamp"u8, out _))
            return mayWrite ? await terminating.AwaitAsync(item, resource, first, cancellationToken).ConfigureAwait(false) : null;
        var made = ImportBody.IsMadeBy(options.Upgrade, first);
        // Values that this upgrade holds may have to follow.
        if (!mayWrite && made && workload.Means is not null)
            return null;
        var brought = made && options is { OnlyMade: true, DryRun: false } ? await heldValues.BringAsync(item, resource, workload, first, cancellationToken).ConfigureAwait(false) : [];
        using var again = brought.Count > 0 ? await client.GetAsync(resource, item.Key.Namespace, item.Key.Name, cancellationToken).ConfigureAwait(false) : null;
        if (brought.Count > 0 && again is null)
            return null;
        // Another one has its name by now.
        if (again is not null && again.Uid != first.Uid)
            return await BringAsync(item, resource, workload, cancellationToken, mayTry, mayWrite).ConfigureAwait(false);
        var live = again ?? first;
        // What this upgrade brought and has released runs as many as it does on the source, when it is brought again.
        if (made && options.OnlyMade && workload.Means is { Class: WorkloadClass.Serving } && !WorkloadHold.IsHeld(live))
            workload = workload with { Means = null };
        using var wanted = KubernetesObject.Parse(workload.WantedOf(live, manager: null));
        var (change, kept, comparison) = await CompareAsync(item, resource, workload, live, wanted, cancellationToken).ConfigureAwait(false);
        if (!mayWrite && made && change.Fields.Count > 0)
            return null;
        // A run that was stopped may have created or changed it and not yet said whose its fields are.
        if (made && !options.DryRun && await PutRightAsync(item, resource, live, cancellationToken).ConfigureAwait(false) is { } unowned)
            change = change with { Reason = Sentences.Join(unowned, change.Reason) };
        // Nor kept what came of the change.
        if (change.Fields.Count == 0 && !made && !options.DryRun && options.Images is { } images)
            await images.SettleAsync(resource, live, cancellationToken).ConfigureAwait(false);
        if (item.File is not null && hook is not null && hook.Concerns(item.Key.Group, item.Key.Kind))
        {
            var verdict = hook.JudgeExisting(wanted, live);
            if (verdict.Failure is { } failure)
                return change with { Action = ClusterConfigChangeAction.Failed, Reason = failure.Message, Failure = failure };
            if (verdict.SkipReason is { } reason)
                return change with { Action = ClusterConfigChangeAction.Skipped, Reason = reason };
        }
        var fields = change.Fields;
        if (brought.Count > 0)
        {
            change = change with
            {
                Action = ClusterConfigChangeAction.Updated,
                Fields = [.. brought, .. fields],
                FieldManager = ImportOwner.Ours,
                Reason = Sentences.Join($"It is held, and gets back when it is released: {string.Join(", ", brought.Select(f => $"{f.Path} {f.Reference ?? "(none)"}"))}.", change.Reason),
            };
        }

        // Whether we or the controller are first in a new namespace is chance: either way what the source added arrives.
        var isOurs = DefaultServiceAccountRule.Concerns(item.Key) && ledger.IsNamespaceNew(item);
        var comesByItself = isOurs || (DefaultServiceAccountRule.Concerns(item.Key) && DefaultServiceAccountRule.IsBare(live));
        if (fields.Count == 0)
            return options.Existing == ExistingObject.Fail && kept.Fields.Count > 0 ? Refused(item, change with { Fields = kept.Fields }, kept.Fields) : change;
        return (comesByItself ? ExistingObject.Apply : options.Existing) switch
        {
            ExistingObject.Fail => Refused(item, change, fields),
            ExistingObject.Apply when options.OnlyMade && !made && !comesByItself => change with
            {
                Action = ClusterConfigChangeAction.Skipped,
                Reason = Sentences.Join($"It exists and differs in {Count(fields)}. This upgrade did not make it: it is left as it is.", kept.Reason),
            },
            ExistingObject.Apply when IsCrd(item) && !options.IncludeCrd => change with
            {
                Action = ClusterConfigChangeAction.Skipped,
                Reason = $"It exists and differs in {Count(fields)}. An existing CustomResourceDefinition is changed only with -IncludeCrd.",
            },
            ExistingObject.Apply when !mayWrite => null,
            ExistingObject.Apply when !mayTry => change with { Action = ClusterConfigChangeAction.Updated, FieldManager = OurFieldManager.Name },
            ExistingObject.Apply => await ApplyAsync().ConfigureAwait(false),
            _ => change with { Action = ClusterConfigChangeAction.Skipped, Reason = Sentences.Join($"It exists and differs in {Count(fields)}. -Existing Apply changes it{(IsCrd(item) ? ", with -IncludeCrd" : "")}.", kept.Reason) },
        };

        async Task<ClusterConfigChange> ApplyAsync()
        {
            var body = ObjectApply.BodyOf(workload, live, ReferenceEquals(comparison.IgnoredPaths, s_replicas));
            var applied = await apply.RunAsync(item, resource, body, live, comparison, change, made, comesByItself, cancellationToken).ConfigureAwait(false);
            return isOurs && applied.Action == ClusterConfigChangeAction.Updated
                ? applied with { Action = ClusterConfigChangeAction.Created, FieldManager = ImportOwner.ManagerOf(item), Fields = [] }
                : applied;
        }
    }

    /// <summary>What an object is on the target that must not be written, since it acts on the world outside the cluster.</summary>
    /// <param name="item">The object.</param>
    /// <param name="resource">What it would be written to.</param>
    /// <param name="workload">What is wanted of it.</param>
    /// <param name="why">What it does outside.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null where it is not there, or is being deleted.</returns>
    public async Task<ClusterConfigChange?> CompareAsync(ImportItem item, ApiResource resource, ImportWorkload workload, string why, CancellationToken cancellationToken)
    {
        using var live = await client.GetAsync(resource, item.Key.Namespace, item.Key.Name, cancellationToken).ConfigureAwait(false);
        if (live is null || live.Metadata.TryGetProperty("deletionTimestamp"u8, out _))
            return null;
        using var wanted = KubernetesObject.Parse(workload.WantedOf(live, manager: null));
        var (change, _, _) = await CompareAsync(item, resource, workload, live, wanted, cancellationToken).ConfigureAwait(false);
        if (change.Fields.Count == 0)
            return change;
        if (options.Existing == ExistingObject.Fail)
            return Refused(item, change, change.Fields);
        return change with
        {
            Action = ClusterConfigChangeAction.Skipped,
            Reason = $"It exists and differs in {Count(change.Fields)}. {why} -Existing Apply with -AllowOutward {item.Key.Kind} changes it.",
            Outward = options.Existing == ExistingObject.Apply ? item.Key.Kind : null,
        };
    }

    private async Task<string?> PutRightAsync(ImportItem item, ApiResource resource, KubernetesObject live, CancellationToken cancellationToken)
    {
        var creator = ImportOwner.CreatorOf(item);
        if (options.OnlyMade && creator.Manager != ImportOwner.Ours && ImportOwnership.HasApplied(live))
            return await ownership.OfAppliedAsync(item, resource, live, creator, cancellationToken).ConfigureAwait(false);
        return await ownership.OfCreatedAsync(item, resource, live, creator, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(ClusterConfigChange Change, KeptFields Kept, FieldComparisonOptions Comparison)> CompareAsync(
        ImportItem item, ApiResource resource, ImportWorkload workload, KubernetesObject live, KubernetesObject wanted, CancellationToken cancellationToken)
    {
        var keepsReplicas = await autoscaled.ScalesAsync(item.Key, wanted.Root, cancellationToken).ConfigureAwait(false);
        var comparison = FieldComparisonOptions.HoldsReference with { HideValues = changes.IsSensitive(item), IgnoredPaths = keepsReplicas ? s_replicas : FieldComparisonOptions.HoldsReference.IgnoredPaths };
        var kept = KeptFields.Of(workload, live, keepsReplicas);
        var change = changes.Of(item, resource.ApiVersion, ClusterConfigChangeAction.Unchanged) with
        {
            Uid = live.Uid,
            Reason = kept.Reason,
            Fields = FieldComparison.Compare(wanted.Root, live.Root, comparison),
        };
        return (change, kept, comparison);
    }

    private static ClusterConfigChange Refused(ImportItem item, ClusterConfigChange change, IReadOnlyList<FieldDifference> fields)
    {
        var failure = ImportFailures.Exists(item, Count(fields));
        return change with { Action = ClusterConfigChangeAction.Failed, Reason = failure.Message, Failure = failure };
    }

    private static bool IsCrd(ImportItem item) => item.Key is { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" };

    private static string Count(IReadOnlyList<FieldDifference> fields) =>
        fields.Count == 1 ? $"the field {fields[0].Path}" : $"{fields.Count} fields";
}
