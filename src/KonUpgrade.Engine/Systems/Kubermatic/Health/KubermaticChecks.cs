using KonUpgrade.Engine.Readiness;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>The checks of a Kubermatic: those of its health at any time, and those before an upgrade.</summary>
public static class KubermaticChecks
{
    /// <summary>Whether it is well, as after an upgrade.</summary>
    public static IReadOnlyList<IReadinessCheck<KubermaticSurvey>> Health { get; } =
    [
        new VersionReachedCheck(),
        new SeedsHealthyCheck(),
        new DeploymentsAvailableCheck(),
        new LoadSettledCheck(),
        new SlotsFreeCheck(),
        new ClustersWithoutErrorCheck(),
        new ControlPlanesUpCheck(),
    ];

    /// <summary>Whether the installer would take it, and could bring it to another version; beside those of its health.</summary>
    public static IReadOnlyList<IReadinessCheck<KubermaticSurvey>> Preflight { get; } =
    [
        new VersionPathCheck(),
        new EditionCheck(),
        new SeedsReadyCheck(),
        new ClusterVersionsCheck(),
        new ContainerRuntimeCheck(),
        new HelmReleasesCheck(),
        new EtcdBackupsCheck(),
    ];
}
