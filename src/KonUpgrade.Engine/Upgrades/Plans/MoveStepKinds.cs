using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>The kinds of steps that move the configuration and what runs, and those that others do.</summary>
internal static class MoveStepKinds
{
    /// <summary>They.</summary>
    public static IReadOnlyList<StepKind> All { get; } =
    [
        new()
        {
            Name = StepKind.WaitForCluster,
            Sides = [UpgradeSide.Blue, UpgradeSide.Green],
            Changes = "Nothing: it waits until the API server answers and enough nodes are ready.",
            Undo = "There is nothing to undo.",
            Risk = UpgradeRisk.None,
            Fields = [StepFields.Timeout, StepFields.Interval, new("nodes", StepFieldType.Number, "0")],
        },
        new()
        {
            Name = StepKind.ExportConfig,
            Sides = [UpgradeSide.Blue, UpgradeSide.Green],
            Changes = "No cluster: it writes the configuration to a directory.",
            Undo = "The directory stays.",
            Risk = UpgradeRisk.None,
            Fields = [new("path", StepFieldType.Text)],
        },
        new()
        {
            Name = StepKind.ImportConfig,
            Sides = [UpgradeSide.Green],
            Changes = "Creates what is missing; workloads arrive held.",
            Undo = "What it created is held; with -RemoveImported it is deleted, but for CustomResourceDefinitions, namespaces, volumes, what claims belong to and what reaches beyond the cluster.",
            Risk = UpgradeRisk.Low,
            Fields =
            [
                new("export", StepFieldType.Step) { Required = true, Kinds = [StepKind.ExportConfig] },
                new("hold", StepFieldType.Choice, "All") { Choices = ["None", "Scheduled", "Serving", "All"] },
                StepFields.Existing, StepFields.ForceConflict, StepFields.IncludeCrd, new("kinds", StepFieldType.Texts),
            ],
        },
        new()
        {
            Name = StepKind.ReleaseWorkload,
            Sides = [UpgradeSide.Blue, UpgradeSide.Green],
            Changes = "Gives back what this upgrade holds: it begins to run.",
            Undo = "It is held again.",
            Risk = UpgradeRisk.Medium,
            Fields = [StepFields.Class],
        },
        new()
        {
            Name = StepKind.CompareConfig,
            Sides = [UpgradeSide.Green],
            Changes = "Nothing: it compares.",
            Undo = "There is nothing to undo.",
            Risk = UpgradeRisk.None,
            Fields = [new("export", StepFieldType.Step) { Kinds = [StepKind.ExportConfig, StepKind.CatchUpConfig] }, StepFields.OnDifference, StepFields.Accept],
        },
        new()
        {
            Name = StepKind.QuiesceWorkload,
            Sides = [UpgradeSide.Blue, UpgradeSide.Green],
            Changes = "Holds workloads, and waits until the Jobs and Pods that they have begun have ended.",
            Undo = "What it held runs again.",
            Risk = UpgradeRisk.Medium,
            Fields = [StepFields.Class, new("wait", StepFieldType.Flag, "true"), new("outage", StepFieldType.Flag, "false"), StepFields.Timeout, StepFields.Interval],
        },
        new()
        {
            Name = StepKind.CatchUpConfig,
            Sides = [UpgradeSide.Green],
            Changes = "Creates and changes on green what came or changed on blue since the import.",
            Undo = "As an import; what was changed is put back where it was kept.",
            Risk = UpgradeRisk.Low,
            Fields = [new("path", StepFieldType.Text), new("rounds", StepFieldType.Number, "3"), StepFields.OnDifference, StepFields.Accept, StepFields.ForceConflict],
        },
        new()
        {
            Name = StepKind.External,
            Sides = [UpgradeSide.None, UpgradeSide.Blue, UpgradeSide.Green],
            Changes = "Nothing by itself: somebody else does it.",
            Undo = "Somebody else undoes it.",
            Risk = UpgradeRisk.Medium,
            Fields =
            [
                new("command", StepFieldType.Text), new("task", StepFieldType.Text), new("undoTask", StepFieldType.Text), new("irreversible", StepFieldType.Text),
                new("probe", StepFieldType.Flag, "false"),
                StepFields.SystemVersion,
                new("object", StepFieldType.Text), new("namespace", StepFieldType.Text), new("field", StepFieldType.Text), new("value", StepFieldType.Text) { MayBeEmpty = true },
                StepFields.Timeout, StepFields.Interval,
            ],
        },
    ];
}
