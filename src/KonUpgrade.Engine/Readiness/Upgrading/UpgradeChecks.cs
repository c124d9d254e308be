using KonUpgrade.Engine.Readiness.Health;
using KonUpgrade.Engine.Readiness.Upgrading.Access;
using KonUpgrade.Engine.Readiness.Upgrading.Apis;
using KonUpgrade.Engine.Readiness.Upgrading.Provider;
using KonUpgrade.Engine.Readiness.Upgrading.State;
using KonUpgrade.Engine.Readiness.Upgrading.Storage;
using KonUpgrade.Engine.Readiness.Upgrading.Versions;
using KonUpgrade.Engine.Readiness.Upgrading.Workloads;

namespace KonUpgrade.Engine.Readiness.Upgrading;

/// <summary>The checks of any cluster before it is upgraded.</summary>
public static class UpgradeChecks
{
    /// <summary>All of them, in the order in which they are told.</summary>
    public static IReadOnlyList<IReadinessCheck<UpgradeSurvey>> All { get; } =
    [
        new VersionPathCheck(),
        new ControlPlaneSkewCheck(),
        new KubeletSkewCheck(),
        new KubeProxySkewCheck(),
        new DeprecatedApisCheck(),
        new BudgetsLetGoCheck(),
        new OneBudgetPerPodCheck(),
        new ReplicasSufficeCheck(),
        new ReadinessProbesCheck(),
        new NothingStuckDeletingCheck(),
        new OutwardObjectsCheck(),
        new VolumesMovableCheck(),
        new SharedStoresCheck(),
        new VeleroReadyCheck(),
        new SnapshotsReadyCheck(),
        new RolesTrustGreenCheck(),
        new EksClusterCheck(),
        new EksAddonsCheck(),
        new EksInsightsCheck(),
        .. HealthChecks.All.Select(check => new BaselineCheck(check)),
    ];
}
