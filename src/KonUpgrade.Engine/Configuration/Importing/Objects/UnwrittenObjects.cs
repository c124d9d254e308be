using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>What becomes of an object that must not be written: where it is there it is compared, else it is left out.</summary>
internal sealed class UnwrittenObjects(ImportHold hold, ExistingObjects existing, ImportChanges changes, ImportOptions options)
{
    /// <summary>Leaves an object as it is on the target.</summary>
    /// <param name="item">The object.</param>
    /// <param name="resource">What it would be written to.</param>
    /// <param name="source">The object, read.</param>
    /// <param name="why">Why it must not be written.</param>
    /// <param name="way">How it comes all the same.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What became of it, and whether it is there.</returns>
    public async Task<(ClusterConfigChange Change, bool IsThere)> LeaveAsync(
        ImportItem item, ApiResource resource, KubernetesObject source, string why, string way, CancellationToken cancellationToken)
    {
        try
        {
            using var converted = ImportConversion.Of(source, resource, out _);
            var body = hold.Decide(resource, ImportBody.For(converted ?? source, resource.ApiVersion, []), item.File?.Owner, cause: null);
            if (await existing.CompareAsync(item, resource, body, why, cancellationToken).ConfigureAwait(false) is { } there)
                return (options.DryRun ? there with { Verified = ImportVerification.Server } : there, true);
        }
        catch (KubernetesApiException e) when (e.StatusCode is 403 or 404)
        {
            // Its kind comes with the import, or it may not be looked for: it waits in any case.
        }
        return (changes.Skipped(item, $"{why} {way}"), false);
    }
}
