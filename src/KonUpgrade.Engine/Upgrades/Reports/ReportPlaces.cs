using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Steps.Traffic;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Reports;

/// <summary>What runs where, as far as the steps of an upgrade tell it: blue begins with everything, green with nothing.</summary>
internal static class ReportPlaces
{
    private const string Runs = "runs";
    private const string Held = "held";
    private const string Absent = "not there yet";

    /// <summary>What runs where.</summary>
    /// <param name="steps">The steps as they stand.</param>
    /// <param name="removed">Whether what was created is deleted when it is taken back.</param>
    /// <param name="way">Whether there is a green cluster.</param>
    /// <param name="kept">How many workloads the undo of a step left as they were, by the step's id.</param>
    /// <returns>Of a class that no step of the plan holds or gives back, nothing: its system has none.</returns>
    public static IReadOnlyList<ReportPlace> Of(IReadOnlyList<UpgradeStep> steps, bool removed, UpgradeWay way = UpgradeWay.BlueGreen, IReadOnlyDictionary<string, long>? kept = null) =>
    [
        .. new[] { WorkloadClass.Serving, WorkloadClass.Scheduled }
            .Where(of => steps.Any(step => !IsImport(step) && Effect(step, of) is not null))
            .Select(of => new ReportPlace($"{of} workloads", On(steps, UpgradeSide.Blue, of, removed, kept), way == UpgradeWay.InPlace ? null : On(steps, UpgradeSide.Green, of, removed, kept))),
        .. steps.Where(step => step.Kind is StepKind.SwitchTraffic or StepKind.ExternalTraffic).Select(Traffic),
    ];

    // Its last stage is all of it.
    private static ReportPlace Traffic(UpgradeStep step)
    {
        var (blue, green) = step.State switch
        {
            UpgradeStepState.Completed => ("none", "all"),
            UpgradeStepState.Undone => ("as before", "as before"),
            _ when step.Attempt == 0 => ("as before", "none by this upgrade"),
            UpgradeStepState.Failed when step.Output.ContainsKey(SwitchTrafficWork.PutBackOutput) => ("as before: it was put back", "none by this upgrade"),
            _ => ($"not known: '{step.Id}' {StateWords(step.State)}", step.Kind == StepKind.SwitchTraffic ? "Get-ClusterTraffic tells where it goes" : "see the step's result"),
        };
        return new ReportPlace(ReportText.Of($"Traffic of {StepKind.ValueOf(step, "hosts")}"), blue, green);
    }

    private static string On(IReadOnlyList<UpgradeStep> steps, UpgradeSide side, WorkloadClass of, bool removed, IReadOnlyDictionary<string, long>? kept)
    {
        var state = side == UpgradeSide.Blue ? Runs : Absent;
        var left = 0L;
        foreach (var step in steps.Where(step => step.Target == side && step.Attempt > 0))
        {
            if (Effect(step, of) is not { } effect)
                continue;
            left += kept?.GetValueOrDefault(step.Id) ?? 0;
            state = step.State switch
            {
                UpgradeStepState.Completed => IsImport(step) && effect == Held && state != Absent ? state : effect,
                // What it brought is held, and what it held or gave back is as before.
                UpgradeStepState.Undone when IsImport(step) => removed ? "what it brought is removed, but for what stays" : "what it brought is held",
                UpgradeStepState.Undone => state,
                UpgradeStepState.UndoFailed => $"not known: '{step.Id}' could not be taken back wholly",
                // What arrives held changes nothing of what runs.
                _ when IsImport(step) && effect == Held => state == Absent ? "arriving, held" : state,
                _ => $"partly: '{step.Id}' {StateWords(step.State)}",
            };
        }

        return left == 0 ? state : $"{state}, but for {ReportText.Count(left, "workload that was", "workloads that were")} left as {(left == 1 ? "it was" : "they were")}";
    }

    private static bool IsImport(UpgradeStep step) => step.Kind is StepKind.ImportConfig or StepKind.CatchUpConfig;

    private static string StateWords(UpgradeStepState state) => state switch
    {
        UpgradeStepState.Failed => "has failed",
        UpgradeStepState.AwaitingApproval => "is waiting",
        UpgradeStepState.UndoFailed => "is not taken back wholly",
        _ => "is not done",
    };

    private static string? Effect(UpgradeStep step, WorkloadClass of) => step.Kind switch
    {
        StepKind.ImportConfig => Holds(StepKind.ValueOf(step, "hold"), of) ? Held : Runs,
        StepKind.CatchUpConfig => Held,
        StepKind.ReleaseWorkload => Holds(StepKind.ValueOf(step, "class"), of) ? Runs : null,
        StepKind.QuiesceWorkload => Holds(StepKind.ValueOf(step, "class"), of) ? Held : null,
        _ => null,
    };

    private static bool Holds(string? word, WorkloadClass of) => Enum.TryParse<WorkloadClass>(word, out var classes) && classes.HasFlag(of);
}
