using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>What the checks of Kubermatic have in common.</summary>
internal static class KubermaticRule
{
    /// <summary>Where upgrades are told of.</summary>
    private const string Documentation = "https://docs.kubermatic.com/kubermatic/main/installation/upgrading/";

    /// <summary>A rule about a Kubermatic as a whole.</summary>
    public static ReadinessRule Of(string id, string title, ReadinessCategory category, string remedy) => new()
    {
        Id = id,
        Title = title,
        Category = category,
        Severity = ReadinessSeverity.Blocking,
        Remedy = remedy,
        Documentation = Documentation,
        IsClusterWide = true,
    };
}
