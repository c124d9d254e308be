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
    public const string TestReadiness = nameof(TestReadiness);
    public const string TestHealth = nameof(TestHealth);
    public const string CompareHealth = nameof(CompareHealth);
    public const string Soak = nameof(Soak);
    public const string TakeSnapshot = nameof(TakeSnapshot);
    public const string GrantRoleTrust = nameof(GrantRoleTrust);
    public const string BackUpWithVelero = nameof(BackUpWithVelero);
    public const string RestoreWithVelero = nameof(RestoreWithVelero);
    public const string SwitchTraffic = nameof(SwitchTraffic);
    public const string AddTestHost = nameof(AddTestHost);
    public const string WaitForVolumes = nameof(WaitForVolumes);
    public const string MakeNodepools = nameof(MakeNodepools);
    public const string ExternalTraffic = nameof(ExternalTraffic);
    public const string SetReconcileLimit = nameof(SetReconcileLimit);
    public const string WaitForReconcile = nameof(WaitForReconcile);
    public const string ResetReconcileLimit = nameof(ResetReconcileLimit);

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<StepKind> All { get; } = [.. MoveStepKinds.All, .. CheckStepKinds.All, .. StateStepKinds.All, .. NodeStepKinds.All, .. TrafficStepKinds.All, .. ReconcileStepKinds.All];

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
