using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Readiness.Surveys;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>The checks that a system's description has in its part <c>health</c>.</summary>
public static class DescribedChecks
{
    /// <summary>All of them, in the order of the description.</summary>
    public static IReadOnlyList<IReadinessCheck<ClusterSurvey>> Of(SystemDescription system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return [.. system.Health.Select(health => Make(health, system.Documentation))];
    }

    private static IReadinessCheck<ClusterSurvey> Make(SystemHealth health, string? documentation)
    {
        var rule = new ReadinessRule
        {
            Id = health.Id,
            Title = health.Title,
            Category = Model.ReadinessCategory.System,
            Severity = health.Severity,
            Remedy = health.Remedy,
            Documentation = health.Documentation ?? documentation ?? "about_KonUpgrade_Systems",
        };
        return health.Namespaces.Count > 0 ? new DescribedNamespacesCheck(rule, health.Namespaces) : new DescribedObjectsCheck(rule, health);
    }
}
