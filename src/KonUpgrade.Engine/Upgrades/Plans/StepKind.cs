using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>A kind of step, as plans know it: which settings it has, and what it says of itself.</summary>
internal sealed record StepKind
{
    public const string WaitForCluster = nameof(WaitForCluster);
    public const string ExportConfig = nameof(ExportConfig);
    public const string ImportConfig = nameof(ImportConfig);
    public const string ReleaseWorkload = nameof(ReleaseWorkload);
    public const string CompareConfig = nameof(CompareConfig);
    public const string QuiesceWorkload = nameof(QuiesceWorkload);
    public const string CatchUpConfig = nameof(CatchUpConfig);
    public const string External = nameof(External);

    private static readonly StepField s_class = new("class", StepFieldType.Choice) { Choices = ["Scheduled", "Serving", "All"], Required = true };
    private static readonly StepField s_onDifference = new("onDifference", StepFieldType.Choice, "Approve") { Choices = ["Approve", "Fail", "Report"] };
    private static readonly StepField s_accept = new("accept", StepFieldType.Texts);
    private static readonly StepField s_timeout = new("timeout", StepFieldType.Duration, "30m");
    private static readonly StepField s_interval = new("interval", StepFieldType.Duration, "10s");
    private static readonly StepField s_existing = new("existing", StepFieldType.Choice, "Skip") { Choices = ["Skip", "Apply", "Fail"] };
    private static readonly StepField s_forceConflict = new("forceConflict", StepFieldType.Flag, "false");
    private static readonly StepField s_includeCrd = new("includeCrd", StepFieldType.Flag, "false");

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<StepKind> All { get; } =
    [
        new()
        {
            Name = WaitForCluster,
            Sides = [UpgradeSide.Blue, UpgradeSide.Green],
            Changes = "Nothing: it waits until the API server answers and enough nodes are ready.",
            Undo = "There is nothing to undo.",
            Risk = UpgradeRisk.None,
            Fields = [s_timeout, s_interval, new("nodes", StepFieldType.Number, "0")],
        },
        new()
        {
            Name = ExportConfig,
            Sides = [UpgradeSide.Blue, UpgradeSide.Green],
            Changes = "No cluster: it writes the configuration to a directory.",
            Undo = "The directory stays.",
            Risk = UpgradeRisk.None,
            Fields = [new("path", StepFieldType.Text)],
        },
        new()
        {
            Name = ImportConfig,
            Sides = [UpgradeSide.Green],
            Changes = "Creates what is missing; workloads arrive held.",
            Undo = "What it created is held; with -RemoveImported it is deleted, but for CustomResourceDefinitions, namespaces, volumes, what claims belong to and what reaches beyond the cluster.",
            Risk = UpgradeRisk.Low,
            Fields =
            [
                new("export", StepFieldType.Step) { Required = true, Kinds = [ExportConfig] },
                new("hold", StepFieldType.Choice, "All") { Choices = ["None", "Scheduled", "Serving", "All"] },
                s_existing, s_forceConflict, s_includeCrd, new("kinds", StepFieldType.Texts),
            ],
        },
        new()
        {
            Name = ReleaseWorkload,
            Sides = [UpgradeSide.Blue, UpgradeSide.Green],
            Changes = "Gives back what this upgrade holds: it begins to run.",
            Undo = "It is held again.",
            Risk = UpgradeRisk.Medium,
            Fields = [s_class],
        },
        new()
        {
            Name = CompareConfig,
            Sides = [UpgradeSide.Green],
            Changes = "Nothing: it compares.",
            Undo = "There is nothing to undo.",
            Risk = UpgradeRisk.None,
            Fields = [new("export", StepFieldType.Step) { Kinds = [ExportConfig, CatchUpConfig] }, s_onDifference, s_accept],
        },
        new()
        {
            Name = QuiesceWorkload,
            Sides = [UpgradeSide.Blue, UpgradeSide.Green],
            Changes = "Holds workloads, and waits until the Jobs and Pods that they have begun have ended.",
            Undo = "What it held runs again.",
            Risk = UpgradeRisk.Medium,
            Fields = [s_class, new("wait", StepFieldType.Flag, "true"), s_timeout, s_interval],
        },
        new()
        {
            Name = CatchUpConfig,
            Sides = [UpgradeSide.Green],
            Changes = "Creates and changes on green what came or changed on blue since the import.",
            Undo = "As an import; what was changed is put back where it was kept.",
            Risk = UpgradeRisk.Low,
            Fields = [new("path", StepFieldType.Text), new("rounds", StepFieldType.Number, "3"), s_onDifference, s_accept, s_forceConflict],
        },
        new()
        {
            Name = External,
            Sides = [UpgradeSide.None, UpgradeSide.Blue, UpgradeSide.Green],
            Changes = "Nothing by itself: somebody else does it.",
            Undo = "Somebody else undoes it.",
            Risk = UpgradeRisk.Medium,
            Fields =
            [
                new("command", StepFieldType.Text), new("task", StepFieldType.Text), new("undoTask", StepFieldType.Text),
                new("probe", StepFieldType.Flag, "false"),
                new("object", StepFieldType.Text), new("namespace", StepFieldType.Text), new("field", StepFieldType.Text), new("value", StepFieldType.Text),
                s_timeout, s_interval,
            ],
        },
    ];

    /// <summary>The name that plans have.</summary>
    public required string Name { get; init; }

    /// <summary>The clusters that it can be about; the first where the plan does not say.</summary>
    public required IReadOnlyList<UpgradeSide> Sides { get; init; }

    /// <summary>What it changes.</summary>
    public required string Changes { get; init; }

    /// <summary>How it is undone.</summary>
    public required string Undo { get; init; }

    /// <summary>How much it can hurt.</summary>
    public required UpgradeRisk Risk { get; init; }

    /// <summary>Its settings.</summary>
    public IReadOnlyList<StepField> Fields { get; init; } = [];

    /// <summary>A kind by its name; null where there is none.</summary>
    public static StepKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>The value of a setting of a step, or its default.</summary>
    public static string? ValueOf(UpgradeStep step, string field) =>
        step.Setting.TryGetValue(field, out var value) ? value : Find(step.Kind)?.Fields.FirstOrDefault(f => f.Name == field)?.Default;
}
