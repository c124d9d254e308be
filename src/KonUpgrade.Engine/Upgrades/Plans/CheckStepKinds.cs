using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>The kinds of steps that look whether all is well, and change nothing.</summary>
internal static class CheckStepKinds
{
    private const string NothingToUndo = "There is nothing to undo.";

    /// <summary>They.</summary>
    public static IReadOnlyList<StepKind> All { get; } =
    [
        new()
        {
            Name = StepKind.TestReadiness,
            Sides = [UpgradeSide.None],
            Changes = "Nothing: it makes the checks of Test-ClusterUpgrade on every cluster of the plan.",
            Undo = NothingToUndo,
            Risk = UpgradeRisk.None,
            Fields = [StepFields.Include, StepFields.Exclude, StepFields.Decision("onNotReady"), StepFields.SystemVersion],
        },
        new()
        {
            Name = StepKind.TestHealth,
            Sides = [UpgradeSide.Green, UpgradeSide.Blue],
            Changes = "Nothing: it makes the checks of Test-ClusterHealth, and waits until none blocks.",
            Undo = NothingToUndo,
            Risk = UpgradeRisk.None,
            Fields = [StepFields.Include, StepFields.Exclude, StepFields.Timeout, StepFields.Decision("onNotHealthy")],
        },
        new()
        {
            Name = StepKind.WaitForVolumes,
            Sides = [UpgradeSide.Green, UpgradeSide.Blue],
            Changes = "Nothing: it waits until the claims have their volumes, before what needs them runs.",
            Undo = NothingToUndo,
            Risk = UpgradeRisk.None,
            Fields = [new("claims", StepFieldType.Texts), StepFields.Timeout, StepFields.Decision("onNotBound")],
        },
        new()
        {
            Name = StepKind.CompareHealth,
            Sides = [UpgradeSide.Green],
            Changes = "Nothing: it compares as Compare-ClusterHealth does, and waits until nothing blocks.",
            Undo = NothingToUndo,
            Risk = UpgradeRisk.None,
            Fields = [new("export", StepFieldType.Step) { Kinds = [StepKind.ExportConfig, StepKind.CatchUpConfig] }, StepFields.Timeout, StepFields.OnDifference],
        },
        new()
        {
            Name = StepKind.Soak,
            Sides = [UpgradeSide.Green, UpgradeSide.Blue],
            Changes = "Nothing: it looks again and again whether the cluster stays well, and whether its load balancer answers for host names.",
            Undo = NothingToUndo,
            Risk = UpgradeRisk.None,
            Fields =
            [
                new("duration", StepFieldType.Duration) { Required = true }, new("interval", StepFieldType.Duration, "1m"),
                new("tolerate", StepFieldType.Number, "1"), StepFields.Include, StepFields.Exclude,
                StepFields.Hosts with { Required = false }, new("source", StepFieldType.Text), .. StepFields.Probe,
            ],
        },
    ];
}
