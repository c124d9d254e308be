using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Health;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Readiness.Upgrading;
using KonUpgrade.Engine.Systems.Konstellation.Health;
using KonUpgrade.Engine.Systems.Kubeflow.Health;
using KonUpgrade.Engine.Systems.Kubermatic.Health;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems;

/// <summary>The checks that the systems have of their own: a class each, and those of their descriptions.</summary>
public static class SystemChecks
{
    /// <summary>Those by which it is known that a system is well, in the order in which they are told.</summary>
    public static IReadOnlyList<IReadinessCheck<ClusterSurvey>> HealthOf(SystemDescription system)
    {
        ArgumentNullException.ThrowIfNull(system);
        IReadOnlyList<IReadinessCheck<ClusterSurvey>> own = system.Name switch
        {
            "Konstellation" => [new AppTargetsRunningCheck()],
            "KubeflowAws" => [new ProfilesReadyCheck(), new DashboardAnswersCheck(), new PipelinesAnswerCheck()],
            "Kubermatic" => [.. KubermaticChecks.Health.Select(check => new MasterCheck(check))],
            _ => [],
        };
        return [.. DescribedChecks.Of(system), .. own];
    }

    /// <summary>All checks of health that there are: those of every cluster, then those of each system.</summary>
    /// <param name="systems">The systems.</param>
    public static IReadOnlyList<IReadinessCheck<ClusterSurvey>> Health(IEnumerable<SystemDescription> systems) => [.. HealthChecks.All, .. systems.SelectMany(HealthOf)];

    /// <summary>Those of a system before an upgrade: that it is well now, and what it refuses itself.</summary>
    public static IReadOnlyList<IReadinessCheck<UpgradeSurvey>> UpgradeOf(SystemDescription system)
    {
        ArgumentNullException.ThrowIfNull(system);
        IReadOnlyList<IReadinessCheck<UpgradeSurvey>> own = system.Name switch
        {
            "Kubermatic" => [.. KubermaticChecks.Preflight.Select(check => new PreflightCheck(check))],
            _ => [],
        };
        return [.. own, .. HealthOf(system).Select(static check => new BaselineCheck(check))];
    }

    /// <summary>Whether the checks of a system before an upgrade understand a version as what it is to become.</summary>
    /// <param name="system">The system.</param>
    /// <param name="version">The version.</param>
    internal static bool Reads(SystemDescription system, string version) => system.Name != "Kubermatic" || KubermaticVersion.Parse(KubermaticTarget.Of(version).Version) is not null;

    /// <summary>All checks before an upgrade that there are: those of every cluster, then those of each system.</summary>
    /// <param name="systems">The systems.</param>
    public static IReadOnlyList<IReadinessCheck<UpgradeSurvey>> Upgrade(IEnumerable<SystemDescription> systems) => [.. UpgradeChecks.All, .. systems.SelectMany(UpgradeOf)];

    /// <summary>Refuses a system whose checks have the ids of others.</summary>
    /// <param name="own">The system.</param>
    /// <param name="others">The other systems.</param>
    /// <exception cref="UpgradeException">CheckNameTaken.</exception>
    internal static void CheckIds(SystemDescription own, IEnumerable<SystemDescription> others)
    {
        var taken = Health(others).Select(check => check.Rule.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (own.Health.FirstOrDefault(health => taken.Contains(health.Id)) is not { } doubled)
            return;
        throw new UpgradeException(new Failure
        {
            Id = "CheckNameTaken",
            Kind = FailureKind.InvalidArgument,
            Message = $"The system '{own.Name}' of the file has a check '{doubled.Id}', which is the id of another check.",
            Recommendation = "Give it another id: by their ids checks are chosen and told apart.",
            Target = doubled.Id,
        });
    }
}
