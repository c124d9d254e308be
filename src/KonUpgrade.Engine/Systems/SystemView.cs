using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems;

/// <summary>A system as it is shown: by its description alone, or as a cluster has it.</summary>
public static class SystemView
{
    /// <summary>By the description alone.</summary>
    public static UpgradeSystem Of(SystemDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        return new UpgradeSystem
        {
            Name = description.Name,
            Title = description.Title,
            Description = description.Description,
            Documentation = description.Documentation,
            DetectedByKind = description.Detect,
            ExportedKind = description.Export.Kinds,
            LeftOutKind = description.Export.LeaveOut.Where(rule => rule.ByKind)
                .SelectMany(rule => rule.Kinds.Select(kind => (kind, rule.Reason)))
                .ToDictionary(entry => entry.kind, entry => entry.Reason, StringComparer.Ordinal),
            Velero = VeleroOf(description, served: null),
            Advice = [.. description.Advice.Select(advice => new UpgradeAdvice(advice.Id, advice.At, advice.Text))],
        };
    }

    /// <summary>As a cluster has it: with its namespaces there, and what of them Velero moves in Velero's own words.</summary>
    /// <exception cref="UpgradeException">The cluster can't be reached, or its namespaces can't be found.</exception>
    public static async Task<UpgradeSystem> OnAsync(ClusterConnection cluster, SystemDescription description, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(description);
        var found = await FoundNamespaces.FindAsync(cluster.Client, description, cancellationToken).ConfigureAwait(false);
        var served = await cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        return Of(found) with
        {
            Context = cluster.Context.Name,
            Namespace = NamespacesOf(found),
            Velero = VeleroOf(found, served),
        };
    }

    /// <summary>What of a system Velero moves on a cluster; null where that is nothing.</summary>
    /// <exception cref="UpgradeException">The cluster can't be reached, or its namespaces can't be found.</exception>
    public static async Task<VeleroSelection?> VeleroOnAsync(ClusterConnection cluster, SystemDescription description, CancellationToken cancellationToken) =>
        (await OnAsync(cluster, description, cancellationToken).ConfigureAwait(false)).Velero;

    private static IReadOnlyList<string> NamespacesOf(SystemDescription description) => [.. (description.Export.Within?.Found ?? new HashSet<string>()).Order(StringComparer.Ordinal)];

    private static VeleroSelection? VeleroOf(SystemDescription description, ApiCatalog? served)
    {
        if (description.Velero is not { } velero)
            return null;
        var kinds = velero.Moves.SelectMany(rule => rule.Kinds).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return new VeleroSelection
        {
            Namespace = NamespacesOf(description),
            Kind = kinds,
            IncludedResource = Resources(kinds, served),
            // Where one rule takes all volumes, the others narrow nothing.
            VolumeDriver = velero.Moves.Any(rule => rule.Drivers.Count == 0 && rule.Kinds.Contains("PersistentVolume")) ? [] : [.. velero.Moves.SelectMany(rule => rule.Drivers).Distinct(StringComparer.Ordinal)],
            RestoreStatusResource = Resources(description.Export.KeepStatus, served),
            Reason = [.. velero.Moves.Select(rule => rule.Reason)],
        };
    }

    // A kind by its plural and group, as the cluster serves it; one that it does not serve has no object there.
    private static IReadOnlyList<string> Resources(IEnumerable<string> kinds, ApiCatalog? served) => served is null ? [] :
    [
        .. kinds.Select(kind => served.Resources.FirstOrDefault(resource => resource.KindAndGroup == kind)).OfType<ApiResource>()
            .Select(resource => resource.Group.Length == 0 ? resource.Plural : $"{resource.Plural}.{resource.Group}"),
    ];
}
