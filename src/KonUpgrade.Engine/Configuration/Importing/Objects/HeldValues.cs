using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// The values that workloads which an upgrade brought held get back when it releases them: somebody may have suspended,
/// resumed or scaled them on the source since. What an autoscaler has is its own.
/// </summary>
internal sealed class HeldValues(KubernetesClient client, Autoscaled autoscaled, ImportOptions options, TimeProvider time)
{
    private static readonly FieldPath s_replicas = FieldPath.Of("spec", "replicas");
    private readonly OwnershipWriter _writer = new(client, time);

    /// <summary>Brings them to what the import has. The fields that hold stay as they are.</summary>
    /// <param name="item">The object.</param>
    /// <param name="resource">What it is written to.</param>
    /// <param name="workload">What is wanted of it.</param>
    /// <param name="live">The object that is there, which the upgrade has made.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The fields that were brought; the reference is what the import has.</returns>
    public async Task<IReadOnlyList<FieldDifference>> BringAsync(
        ImportItem item, ApiResource resource, ImportWorkload workload, KubernetesObject live, CancellationToken cancellationToken)
    {
        // What serves and is not held was released, and runs as it does on the source at once; what is scheduled waits, and
        // so does what something speaks against.
        if (workload.Means is not { } means || (!WorkloadHold.IsHeld(live) && (workload.OnlyWhereHeld || (means.Class == WorkloadClass.Serving && workload.Cause is null))))
            return [];
        var wanted = JsonTree.Parse(workload.Wanted);
        if (means.Fields.Any(field => field.Path == s_replicas) && await ScalesAsync().ConfigureAwait(false))
            means = means with { Fields = [.. means.Fields.Where(field => field.Path != s_replicas)] };
        var owner = item.File?.Owner is { } named ? new FieldManager(named.Manager, named.Operation) : null;
        var request = new HoldRequest(time.GetUtcNow())
        {
            Upgrade = options.Upgrade,
            Reason = workload.Cause?.Reason,
            Needs = workload.Cause?.Needs ?? [],
            Outward = workload.Cause?.Outward,
            Owner = owner,
        };
        IReadOnlyList<FieldDifference> brought = [];
        var written = await _writer.WriteAsync(
            resource,
            live,
            seen =>
            {
                var revision = HoldRevision.Of(seen, wanted, means, request);
                brought = revision?.Fields ?? [];
                return revision?.Patch;
            },
            cancellationToken).ConfigureAwait(false);
        // The object may be gone by then, another one of its name, or as it should be.
        return written ? brought : [];

        async Task<bool> ScalesAsync()
        {
            using var o = KubernetesObject.Parse(workload.Wanted);
            return await autoscaled.ScalesAsync(item.Key, o.Root, cancellationToken).ConfigureAwait(false);
        }
    }
}
