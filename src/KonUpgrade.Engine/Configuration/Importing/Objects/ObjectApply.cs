using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>Changes an object that is there, by server-side apply in our name.</summary>
internal sealed class ObjectApply(KubernetesClient client, ImportOwnership ownership, ImportOptions options)
{
    /// <summary>What is applied to an object that is there.</summary>
    /// <param name="workload">What is wanted of it.</param>
    /// <param name="live">The object that is there.</param>
    /// <param name="keepsReplicas">Whether an autoscaler has its replicas.</param>
    public static ReadOnlyMemory<byte> BodyOf(ImportWorkload workload, KubernetesObject live, bool keepsReplicas)
    {
        var body = workload.WantedOf(live, OurFieldManager.Name);
        return keepsReplicas ? ImportBody.WithReplicasOf(live, body, OurFieldManager.Name) : body;
    }

    /// <summary>Applies.</summary>
    /// <param name="item">The object.</param>
    /// <param name="resource">What it is written to.</param>
    /// <param name="body">What is applied.</param>
    /// <param name="live">The object that is there.</param>
    /// <param name="comparison">How the two are compared.</param>
    /// <param name="change">What is told of it so far.</param>
    /// <param name="made">Whether the upgrade that imports has made it.</param>
    /// <param name="comesByItself">Whether nobody has added anything to what a controller made, so that what is applied belongs to its owner on the source.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ClusterConfigChange> RunAsync(
        ImportItem item, ApiResource resource, ReadOnlyMemory<byte> body, KubernetesObject live, FieldComparisonOptions comparison, ClusterConfigChange change,
        bool made, bool comesByItself, CancellationToken cancellationToken)
    {
        var owner = (made && options.OnlyMade) || comesByItself ? ImportOwner.CreatorOf(item) : null;
        var applyOptions = new ApplyOptions { FieldManager = OurFieldManager.Name, Force = options.ForceConflict, DryRun = options.DryRun, FieldValidation = FieldValidation.Strict };
        // What an upgrade has made has nothing to go back to; what holds secrets does not lie about in files.
        var images = made || options.DryRun ? null : options.Images;
        if (images is not null && comparison.HideValues)
            await images.PassOverAsync(resource, live, cancellationToken).ConfigureAwait(false);
        else if (images is not null)
            await images.KeepAsync(resource, live, cancellationToken).ConfigureAwait(false);
        try
        {
            using var applied = await SendAsync(applyOptions).ConfigureAwait(false);
            if (images is not null)
                await images.SettleAsync(resource, applied, cancellationToken).ConfigureAwait(false);
            change = change with { Action = ClusterConfigChangeAction.Updated, FieldManager = applyOptions.FieldManager, Uid = applied.Uid };
            // A dry run shows what would be there afterwards, with defaults and what webhooks make of it.
            if (options.DryRun)
                change = change with { Fields = FieldComparison.Compare(applied.Root, live.Root, comparison with { OnlyReferenceFields = false }) };
            else if (await ownership.OfAppliedAsync(item, resource, applied, owner, cancellationToken).ConfigureAwait(false) is { } shared)
                change = change with { Reason = Sentences.Join(shared, change.Reason) };
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
                Reason = Sentences.Join(values, change.Reason),
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

        // What the upgrade made belongs to its owner on blue, whose change this is. What anybody else has taken is theirs.
        async Task<KubernetesObject> SendAsync(ApplyOptions how)
        {
            try
            {
                return await client.ApplyAsync(resource, item.Key.Namespace, item.Key.Name, body, how, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesApiException e) when (owner is not null && !how.Force && e.Conflicts.Count > 0 && e.Conflicts.All(c => c.Manager == owner.Manager || c.Manager == OurFieldManager.Name))
            {
                return await client.ApplyAsync(resource, item.Key.Namespace, item.Key.Name, body, how with { Force = true }, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
