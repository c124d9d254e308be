using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading;

/// <summary>An upgrade that is thought of, as checks see it before it begins.</summary>
public sealed class UpgradeSurvey : IReadinessSubject
{
    /// <summary>The cluster that is upgraded, or left behind.</summary>
    public required ClusterSurvey Blue { get; init; }

    /// <summary>The cluster that takes over; null in place, and where it is not there yet.</summary>
    public ClusterSurvey? Green { get; init; }

    /// <summary>The version that is wanted; only its major and minor count.</summary>
    public required ServerVersion Target { get; init; }

    /// <summary>How the cluster comes there.</summary>
    public required UpgradeWay Way { get; init; }

    /// <summary>The system of the cluster.</summary>
    public required SystemDescription System { get; init; }

    /// <summary>The version that the system is to become, where it has one of its own: Kubermatic's <c>v2.31.0</c>; null where nobody says so.</summary>
    public string? SystemVersion { get; init; }

    /// <summary>How snapshots of what is kept outside the cluster are to be made.</summary>
    public SnapshotIntent Snapshots { get; init; } = new();

    /// <summary>Takes what is told beside the checks.</summary>
    public IReporter Reporter { get; init; } = NullReporter.Instance;

    /// <inheritdoc/>
    public string Name => Blue.Name;

    /// <inheritdoc/>
    public string? Uid => Blue.Uid;

    /// <inheritdoc/>
    public IReadOnlyList<string> Namespaces => Blue.Namespaces;

    /// <summary>
    /// The version of the API server that this cluster's nodes meet next: in place one minor version on, the nodes following
    /// before the hop after it; a blue stays at its own.
    /// </summary>
    internal ServerVersion ServerAfterNextHop => Way == UpgradeWay.InPlace && Target.Minor > Blue.Version.Minor
        ? Blue.Version.NextMinor
        : Blue.Version;

    /// <summary>What weighs heavily only where nodes of this cluster are drained: in place. Blue is left as it is.</summary>
    internal ReadinessSeverity WhenDrained => Way == UpgradeWay.InPlace ? ReadinessSeverity.Blocking : ReadinessSeverity.Advisory;
}
