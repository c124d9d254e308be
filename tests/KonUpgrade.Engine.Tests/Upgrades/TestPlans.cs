using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Upgrades;

/// <summary>Plans for tests.</summary>
internal static class TestPlans
{
    public static UpgradePlan Of(params UpgradeStep[] steps) => new()
    {
        Name = "shop",
        System = "Kubernetes",
        Blue = new UpgradeCluster { Context = "blue", ClusterUid = "uid-blue", ServerVersion = "v1.32.0" },
        Green = new UpgradeCluster { Context = "green", ClusterUid = "uid-green", ServerVersion = "v1.34.0" },
        CreatedAt = new DateTimeOffset(2027, 1, 31, 22, 30, 0, TimeSpan.Zero),
        Steps = steps,
    };

    public static UpgradeStep Step(string id, string kind = StepKind.WaitForCluster, string[]? after = null, UpgradeSide target = UpgradeSide.Green, params (string Name, string Value)[] setting)
    {
        var shape = StepKind.Find(kind)!;
        return new UpgradeStep
        {
            Id = id,
            Kind = kind,
            Title = $"The step {id}",
            Target = target,
            After = after ?? [],
            Changes = shape.Changes,
            Undo = shape.Undo,
            Risk = shape.Risk,
            Setting = setting.ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal),
        };
    }

    /// <summary>The whole way from blue to green.</summary>
    public static UpgradePlan Whole() => Of(
        Step("wait"),
        Step("export", StepKind.ExportConfig, [], UpgradeSide.Blue),
        Step("import", StepKind.ImportConfig, ["wait", "export"], UpgradeSide.Green, ("export", "export")),
        Step("serve", StepKind.ReleaseWorkload, ["import"], UpgradeSide.Green, ("class", "Serving")),
        Step("compare", StepKind.CompareConfig, ["serve"], UpgradeSide.Green, ("export", "export")),
        Step("quiet", StepKind.QuiesceWorkload, ["compare"], UpgradeSide.Blue, ("class", "Scheduled")),
        Step("catch-up", StepKind.CatchUpConfig, ["quiet"], UpgradeSide.Green, ("rounds", "2"), ("accept", "ConfigMap,Secret")),
        Step("schedule", StepKind.ReleaseWorkload, ["catch-up"], UpgradeSide.Green, ("class", "Scheduled")),
        Step("scale-down", StepKind.QuiesceWorkload, ["schedule"], UpgradeSide.Blue, ("class", "Serving")));
}
