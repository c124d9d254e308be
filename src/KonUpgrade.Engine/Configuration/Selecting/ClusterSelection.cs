using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Selecting;

/// <summary>What a selection means on a cluster.</summary>
internal static class ClusterSelection
{
    /// <summary>Finds out which kinds of it are listed.</summary>
    /// <param name="source">The cluster.</param>
    /// <param name="catalog">What it serves.</param>
    /// <param name="system">The system.</param>
    /// <param name="selection">The selection.</param>
    /// <param name="secret">What becomes of Secrets.</param>
    /// <param name="reporter">Told what can't be asked, and where the cluster has no namespace of the system.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">KindNotFound, GroupNotFound, NamespaceNotFound, KindNotInSystem, InvalidLabelSelector: it means nothing there.</exception>
    public static async Task<ListPlan> ReadAsync(
        ClusterConnection source, ApiCatalog catalog, SystemDescription system, ClusterConfigSelection selection, SecretHandling secret, IReporter reporter, CancellationToken cancellationToken)
    {
        var found = await FoundNamespaces.FindAsync(source.Client, system, cancellationToken).ConfigureAwait(false);
        if (found.Export.Within is { Found.Count: 0 })
            reporter.Warning($"{source.Context.Name} has no namespace of the system {system.Name}: nothing in namespaces is exported.");
        var plan = ListPlan.Make(catalog, found, selection, secret);
        await NamedNamespaces.CheckAsync(source, selection.Namespace, reporter, cancellationToken).ConfigureAwait(false);
        return plan;
    }
}
