using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// What acts on the world outside the cluster. Where it can't be held it is not written; where somebody else has put it
/// there it acts already, which is said.
/// </summary>
internal sealed class OutwardObjects(ImportOutward outward, ImportHold hold, UnwrittenObjects unwritten)
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
        var (change, isThere) = await unwritten.LeaveAsync(item, resource, source, why, $"-AllowOutward {item.Key.Kind} brings it.", cancellationToken).ConfigureAwait(false);
        return (outside, isThere ? change : change with { Outward = item.Key.Kind });
    }
}
