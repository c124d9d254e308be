using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>Something that is so, or is not, while an upgrade goes on.</summary>
/// <param name="Name">What tells it from others.</param>
/// <param name="Words">It, as part of a sentence.</param>
internal sealed record StepFact(string Name, string Words)
{
    /// <summary>Green has the configuration.</summary>
    public static StepFact Imported { get; } = new("imported", "green has blue's configuration");

    /// <summary>The workloads of a class do not run on a cluster.</summary>
    public static StepFact Quiet(UpgradeSide side, WorkloadClass of) => new($"quiet {side} {of}", $"{side.ToString().ToLowerInvariant()}'s {of.ToString().ToLowerInvariant()} workloads are quiet");

    /// <summary>The workloads of a class run on green.</summary>
    public static StepFact Released(WorkloadClass of) => new($"released {of}", $"green's {of.ToString().ToLowerInvariant()} workloads run");
}

/// <summary>
/// What each step needs, brings about and takes away. From this follows the order that must not be broken: green's
/// schedulers start only when blue's are quiet, and blue serves until green does.
/// </summary>
internal static class StepFacts
{
    /// <summary>What must be so when a step begins.</summary>
    public static IReadOnlyList<StepFact> Needs(UpgradeStep step) => step.Kind switch
    {
        // What does not arrive held begins to run.
        StepKind.ImportConfig when StepKind.ValueOf(step, "hold") is nameof(WorkloadClass.None) or nameof(WorkloadClass.Serving) => [StepFact.Quiet(UpgradeSide.Blue, WorkloadClass.Scheduled)],
        StepKind.CompareConfig or StepKind.CatchUpConfig => [StepFact.Imported],
        StepKind.SwitchTraffic or StepKind.AddTestHost or StepKind.ExternalTraffic => [StepFact.Released(WorkloadClass.Serving)],
        StepKind.ReleaseWorkload when step.Target == UpgradeSide.Green && Classes(step).Contains(WorkloadClass.Scheduled) =>
            [StepFact.Imported, StepFact.Quiet(UpgradeSide.Blue, WorkloadClass.Scheduled)],
        StepKind.ReleaseWorkload when step.Target == UpgradeSide.Green => [StepFact.Imported],
        // Where both would write to the same stores, nothing serves until green does, and the plan says so.
        StepKind.QuiesceWorkload when step.Target == UpgradeSide.Blue && StepKind.ValueOf(step, "outage") != "true" && Classes(step).Contains(WorkloadClass.Serving) => [StepFact.Released(WorkloadClass.Serving)],
        _ => [],
    };

    /// <summary>What is so once a step is done.</summary>
    public static IReadOnlyList<StepFact> Makes(UpgradeStep step) => step.Kind switch
    {
        StepKind.ImportConfig => [StepFact.Imported],
        StepKind.QuiesceWorkload => [.. Classes(step).Select(c => StepFact.Quiet(step.Target, c))],
        StepKind.ReleaseWorkload when step.Target == UpgradeSide.Green => [.. Classes(step).Select(StepFact.Released)],
        _ => [],
    };

    /// <summary>What is so no longer once a step has begun.</summary>
    public static IReadOnlyList<StepFact> Breaks(UpgradeStep step) => step.Kind switch
    {
        StepKind.ReleaseWorkload => [.. Classes(step).Select(c => StepFact.Quiet(step.Target, c))],
        StepKind.QuiesceWorkload when step.Target == UpgradeSide.Green => [.. Classes(step).Select(StepFact.Released)],
        _ => [],
    };

    /// <summary>The cluster that a step changes; null where it changes none, or nobody can tell.</summary>
    public static UpgradeSide? Changes(UpgradeStep step) =>
        step.Kind is StepKind.ImportConfig or StepKind.CatchUpConfig or StepKind.ReleaseWorkload or StepKind.QuiesceWorkload or StepKind.RestoreWithVelero or StepKind.SetReconcileLimit or StepKind.ResetReconcileLimit ? step.Target : null;

    private static IReadOnlyList<WorkloadClass> Classes(UpgradeStep step) => StepKind.ValueOf(step, "class") switch
    {
        nameof(WorkloadClass.Scheduled) => [WorkloadClass.Scheduled],
        nameof(WorkloadClass.Serving) => [WorkloadClass.Serving],
        _ => [WorkloadClass.Scheduled, WorkloadClass.Serving],
    };
}
