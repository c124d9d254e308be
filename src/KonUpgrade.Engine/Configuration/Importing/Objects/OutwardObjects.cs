using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// What acts on the world outside the cluster. Where it can't be held it is not written; where somebody else has put it
/// there it acts already, which is said.
/// </summary>
internal sealed class OutwardObjects(ImportOutward outward, ImportHold hold, ExistingObjects existing, ImportChanges changes, ImportOptions options)
{
    /// <summary>Looks at an object that is about to be written.</summary>
    /// <returns>What it does outside, or null; and what becomes of it where it must not be written.</returns>
    public async Task<(string? Outside, ClusterConfigChange? Change)> LookAsync(ImportItem item, ApiResource resource, KubernetesObject source, CancellationToken cancellationToken)
    {
        if (item.File is null || await outward.WhyNotAsync(resource, source, cancellationToken).ConfigureAwait(false) is not { } outside)
            return (null, null);
        if (hold.CanHold(resource, source, out var controller))
            return (outside, null);
        var why = controller is null ? outside : $"{outside} It can't be held, since its controller, {controller}, decides whether it runs.";
        return (outside, await WaitAsync(item, resource, source, why, cancellationToken).ConfigureAwait(false));
    }

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
        return changes.Skipped(item, $"{why} -AllowOutward {item.Key.Kind} brings it.") with { Outward = item.Key.Kind };
    }
}
