using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// Pods that nobody owns. They run as soon as they are there, and nothing in them can hold them back: where what serves is
/// to arrive held, they stay behind, so that none runs beside the one on the source.
/// </summary>
internal sealed class LonePods(UnwrittenObjects unwritten, ImportOptions options, IReporter reporter)
{
    private int _told;

    /// <summary>Looks at an object that is about to be written.</summary>
    /// <returns>What becomes of it where it must not be written, or null.</returns>
    public async Task<ClusterConfigChange?> LookAsync(ImportItem item, ApiResource resource, KubernetesObject source, CancellationToken cancellationToken)
    {
        if (item.File is null || resource is not { Group: "", Kind: "Pod" } || !options.Hold.HasFlag(WorkloadClass.Serving))
            return null;
        var (change, isThere) = await unwritten.LeaveAsync(
            item, resource, source, "Nobody owns it, so that it would run as soon as it is there: it can't be held.", "-Kind Pod -Hold None brings it.", cancellationToken).ConfigureAwait(false);
        if (!isThere && Interlocked.Exchange(ref _told, 1) == 0)
            reporter.Warning($"Pods that nobody owns can't be held and stay behind, {item.Key} among them: bring them with Import-ClusterConfig -Kind Pod -Hold None when those of the source have ended.");
        return change;
    }
}
