using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>The kinds of steps that keep the load small that an upgrade of a Kubermatic brings to its seeds.</summary>
internal static class ReconcileStepKinds
{
    /// <summary>They.</summary>
    public static IReadOnlyList<StepKind> All { get; } =
    [
        new()
        {
            Name = StepKind.SetReconcileLimit,
            Sides = [UpgradeSide.Blue],
            Changes = "Lowers how many user clusters each seed reconciles at once. The seeds' controllers restart. Until it is put back, it is set again where somebody's file overwrites it.",
            Undo = "What was there before is put back exactly, as the journal has it.",
            Risk = UpgradeRisk.Low,
            Fields =
            [
                new("limit", StepFieldType.Number, "2"), new("wait", StepFieldType.Flag, "true"), StepFields.Within("15m"),
                new("namespace", StepFieldType.Text), StepFields.ForceConflict,
            ],
        },
        new()
        {
            Name = StepKind.WaitForReconcile,
            Sides = [UpgradeSide.Blue],
            Changes = "Nothing: it waits until every seed has reconciled its user clusters.",
            Undo = "There is nothing to undo.",
            Risk = UpgradeRisk.None,
            Fields = [new("namespace", StepFieldType.Text), StepFields.Within("12h"), new("interval", StepFieldType.Duration, "30s"), StepFields.Decision("onNotSettled")],
        },
        new()
        {
            Name = StepKind.ResetReconcileLimit,
            Sides = [UpgradeSide.Blue],
            Changes = "Puts back the limit of before, or the one that somebody has written since. The seeds' controllers restart.",
            Undo = "There is nothing to undo: the limit is not lowered again on the way back.",
            Risk = UpgradeRisk.Low,
            Fields = [new("resets", StepFieldType.Step) { Required = true, Kinds = [StepKind.SetReconcileLimit] }, new("wait", StepFieldType.Flag, "true"), StepFields.Within("15m"), StepFields.Decision("onNotSettled")],
        },
    ];
}
