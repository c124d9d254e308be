using System.Text.Json;
using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>What becomes of objects that the target has already.</summary>
internal sealed class ExistingObjects(
    KubernetesClient client, string context, Autoscaled autoscaled, TargetWaits waits, IImportHook? hook, SystemDescription system,
    ImportOwnership ownership, ImportOptions options)
{
    private static readonly ApplyOptions s_apply = new();
    private static readonly HashSet<string> s_replicas = ["spec.replicas"];

    /// <summary>Compares the object with the target's and does with it what the options say.</summary>
    /// <param name="item">The object.</param>
    /// <param name="resource">What it is written to.</param>
    /// <param name="workload">What is wanted of it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="mayTry">In a dry run, whether the server may be asked what a change would make of it.</param>
    /// <returns>Null where it is gone.</returns>
    public async Task<ClusterConfigChange?> BringAsync(ImportItem item, ApiResource resource, ImportWorkload workload, CancellationToken cancellationToken, bool mayTry = true)
    {
        using var live = await client.GetAsync(resource, item.Key.Namespace, item.Key.Name, cancellationToken).ConfigureAwait(false);
        if (live is null)
            return null;
        if (live.Metadata.TryGetProperty("deletionTimestamp"u8, out _))
            return await AwaitDeletionAsync(item, resource, live, cancellationToken).ConfigureAwait(false);
        using var wanted = KubernetesObject.Parse(workload.WantedOf(live, manager: null));
        var (change, kept, comparison) = await CompareAsync(item, resource, workload, live, wanted, cancellationToken).ConfigureAwait(false);
        var fields = change.Fields;
        if (fields.Count == 0)
            return options.Existing == ExistingObject.Fail && kept.Fields.Count > 0 ? Refused(item, change with { Fields = kept.Fields }, kept.Fields) : change;
        if (item.File is not null && hook is not null && hook.Concerns(item.Key.Group, item.Key.Kind))
        {
            var verdict = hook.JudgeExisting(wanted, live);
            if (verdict.Failure is { } failure)
                return change with { Action = ClusterConfigChangeAction.Failed, Reason = failure.Message, Failure = failure };
            if (verdict.SkipReason is { } reason)
                return change with { Action = ClusterConfigChangeAction.Skipped, Reason = reason };
        }
        return options.Existing switch
        {
            ExistingObject.Fail => Refused(item, change, fields),
            ExistingObject.Apply when IsCrd(item) && !options.IncludeCrd => change with
            {
                Action = ClusterConfigChangeAction.Skipped,
                Reason = $"It exists and differs in {Count(fields)}. An existing CustomResourceDefinition is changed only with -IncludeCrd.",
            },
            ExistingObject.Apply when !mayTry => change with { Action = ClusterConfigChangeAction.Updated, FieldManager = s_apply.FieldManager },
            ExistingObject.Apply => await ApplyAsync(item, resource, Applied(workload, live, ReferenceEquals(comparison.IgnoredPaths, s_replicas)), live, comparison, change, cancellationToken).ConfigureAwait(false),
            _ => change with { Action = ClusterConfigChangeAction.Skipped, Reason = Join($"It exists and differs in {Count(fields)}. -Existing Apply changes it{(IsCrd(item) ? ", with -IncludeCrd" : "")}.", kept.Reason) },
        };
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

    private async Task<(ClusterConfigChange Change, KeptFields Kept, FieldComparisonOptions Comparison)> CompareAsync(
        ImportItem item, ApiResource resource, ImportWorkload workload, KubernetesObject live, KubernetesObject wanted, CancellationToken cancellationToken)
    {
        var keepsReplicas = HasReplicas(wanted.Root) && await autoscaled.ContainsAsync(item.Key, cancellationToken).ConfigureAwait(false);
        var comparison = FieldComparisonOptions.HoldsReference with { HideValues = IsSensitive(item), IgnoredPaths = keepsReplicas ? s_replicas : FieldComparisonOptions.HoldsReference.IgnoredPaths };
        var kept = KeptFields.Of(workload, live, keepsReplicas);
        var change = Change(context, item, resource.ApiVersion, ClusterConfigChangeAction.Unchanged) with
        {
            Uid = live.Uid,
            Reason = kept.Reason,
            Fields = FieldComparison.Compare(wanted.Root, live.Root, comparison),
        };
        return (change, kept, comparison);
    }

    /// <summary>What the server would make of an object: the fields that it would set or change beside those that were sent.</summary>
    public IReadOnlyList<FieldDifference> MadeOf(ImportItem item, ReadOnlyMemory<byte> sent, KubernetesObject made)
    {
        using var o = KubernetesObject.Parse(sent);
        return FieldComparison.Compare(o.Root, made.Root, FieldComparisonOptions.Whole with { HideValues = IsSensitive(item) });
    }

    private bool IsSensitive(ImportItem item) => SecretKinds.Contains(system, item.Key.Group, item.Key.Kind);

    private static ReadOnlyMemory<byte> Applied(ImportWorkload workload, KubernetesObject live, bool keepsReplicas)
    {
        var body = workload.WantedOf(live, s_apply.FieldManager);
        return keepsReplicas ? ImportBody.WithReplicasOf(live, body, s_apply.FieldManager) : body;
    }

    internal static ClusterConfigChange Change(string context, ImportItem item, string apiVersion, ClusterConfigChangeAction action) => new()
    {
        Context = context,
        ApiVersion = apiVersion,
        Kind = item.Key.Kind,
        Namespace = item.Key.Namespace,
        Name = item.Key.Name,
        Action = action,
    };

    private async Task<ClusterConfigChange> ApplyAsync(
        ImportItem item, ApiResource resource, ReadOnlyMemory<byte> body, KubernetesObject live, FieldComparisonOptions comparison, ClusterConfigChange change,
        CancellationToken cancellationToken)
    {
        var applyOptions = s_apply with { Force = options.ForceConflict, DryRun = options.DryRun, FieldValidation = FieldValidation.Strict };
        try
        {
            using var applied = await client.ApplyAsync(resource, item.Key.Namespace, item.Key.Name, body, applyOptions, cancellationToken).ConfigureAwait(false);
            change = change with { Action = ClusterConfigChangeAction.Updated, FieldManager = applyOptions.FieldManager, Uid = applied.Uid };
            // A dry run shows what would be there afterwards, with defaults and what webhooks make of it.
            if (options.DryRun)
                change = change with { Fields = FieldComparison.Compare(applied.Root, live.Root, comparison with { OnlyReferenceFields = false }) };
            else if (await ownership.OfAppliedAsync(item, resource, applied, cancellationToken).ConfigureAwait(false) is { } shared)
                change = change with { Reason = Join(shared, change.Reason) };
            using var wanted = KubernetesObject.Parse(body);
            var left = FieldComparison.Compare(wanted.Root, applied.Root, comparison);
            if (left.Count == 0)
                return change;
            // The server, or an admission rule of it, gave fields other values than those that were applied.
            var same = options.DryRun ? DryRunResult.IsSame(live, applied, change.Fields) : applied.ResourceVersion == live.ResourceVersion;
            var values = $"The target gave these fields values of its own: {string.Join(", ", left.Take(5).Select(f => f.Path))}{(left.Count > 5 ? " …" : "")}.";
            return change with
            {
                Action = same ? ClusterConfigChangeAction.Skipped : ClusterConfigChangeAction.Updated,
                Fields = same ? left : change.Fields,
                Reason = change.Reason is null ? values : $"{values} {change.Reason}",
            };
        }
        catch (KubernetesApiException e) when (options.DryRun && DryRunRefusal.Of(e) is { } reason)
        {
            return change with { Action = ClusterConfigChangeAction.Updated, FieldManager = applyOptions.FieldManager, Verified = ImportVerification.None, Reason = reason };
        }
        catch (KubernetesApiException e) when (e.Conflicts.Count > 0)
        {
            var failure = e.Failure with { Target = item.ToString() };
            return change with
            {
                Action = ClusterConfigChangeAction.Failed,
                Reason = $"Other field managers own what differs: {string.Join(", ", e.Conflicts.Take(5).Select(c => c.ToString()))}{(e.Conflicts.Count > 5 ? " …" : "")}.",
                Failure = failure,
            };
        }
    }

    private async Task<ClusterConfigChange?> AwaitDeletionAsync(ImportItem item, ApiResource resource, KubernetesObject live, CancellationToken cancellationToken)
    {
        // Of what is deleted, only namespaces are worth waiting for: all that comes after needs them.
        if (item.Key is { Group: "", Kind: "Namespace" } && options.DryRun)
        {
            return Change(context, item, resource.ApiVersion, ClusterConfigChangeAction.Created) with
            {
                FieldManager = ImportOwner.ManagerOf(item),
                Verified = ImportVerification.None,
                Reason = "Not tried on the server: a namespace of this name is being deleted. The import waits until it is gone.",
            };
        }
        if (item.Key is { Group: "", Kind: "Namespace" }
            && await waits.IsGoneAsync(resource, item.Key.Namespace, item.Key.Name, live.Uid, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }
        var failure = ImportFailures.Terminating(item, item.Key.Kind == "Namespace" ? $"; it was not gone after {options.Timeout.TotalSeconds:0} s" : "");
        return Change(context, item, resource.ApiVersion, ClusterConfigChangeAction.Failed) with { Reason = failure.Message, Failure = failure };
    }

    private static ClusterConfigChange Refused(ImportItem item, ClusterConfigChange change, IReadOnlyList<FieldDifference> fields)
    {
        var failure = ImportFailures.Exists(item, Count(fields));
        return change with { Action = ClusterConfigChangeAction.Failed, Reason = failure.Message, Failure = failure };
    }

    private static string Join(string a, string? b) => b is null ? a : $"{a} {b}";

    private static bool IsCrd(ImportItem item) => item.Key is { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" };

    internal static bool HasReplicas(JsonPart root) =>
        root.TryGetProperty("spec"u8, out var spec) && spec.ValueKind == JsonValueKind.Object && spec.TryGetProperty("replicas"u8, out _);

    private static string Count(IReadOnlyList<FieldDifference> fields) =>
        fields.Count == 1 ? $"the field {fields[0].Path}" : $"{fields.Count} fields";
}
