using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Reports;

/// <summary>What is left to do, the most pressing first.</summary>
internal static class ReportNext
{
    private const int Shown = 5;

    /// <summary>What is left.</summary>
    public static IReadOnlyList<ReportTask> Of(
        BlueGreenUpgrade upgrade, ReportCommands commands, ReportMoved? moved, IReadOnlyList<ReportChecks> checks, IReadOnlyList<ReportDifferences> differences, long kept, ReportBack back) =>
        [.. OfState(upgrade, commands), .. ByHand(upgrade), .. OfBack(upgrade, kept, back), .. OfContent(upgrade, moved, checks, differences)];

    private static IEnumerable<ReportTask> OfState(BlueGreenUpgrade upgrade, ReportCommands commands)
    {
        switch (upgrade.State)
        {
            case BlueGreenUpgradeState.Running:
                yield return new("If no run is under way any more, go on with it. Where one is, the command says so and changes nothing.", commands.Resume());
                break;
            case BlueGreenUpgradeState.AwaitingApproval:
                foreach (var step in upgrade.Steps.Where(step => step.State == UpgradeStepState.AwaitingApproval))
                    yield return new(ReportText.Of($"Decide on '{step.Title}': {step.Result}"), commands.Resume(step.Id));
                break;
            case BlueGreenUpgradeState.Stopped:
                yield return new("Go on with it.", commands.Resume());
                break;
            case BlueGreenUpgradeState.Failed:
                yield return new(ReportText.Of($"Mend the cause, then go on. {upgrade.Failure?.Recommendation}".TrimEnd()), commands.Resume());
                yield return new("Or take back what was done.", commands.Undo());
                break;
            case BlueGreenUpgradeState.Undoing:
                yield return new("If no run is under way any more, end what was begun.", commands.Undo());
                break;
            case BlueGreenUpgradeState.UndoFailed:
                yield return new(ReportText.Of($"Mend the cause, then end what was begun. {upgrade.Failure?.Recommendation}".TrimEnd()), commands.Undo());
                break;
            case BlueGreenUpgradeState.Completed:
                if (upgrade.Green is not null)
                    yield return new($"Keep {ReportText.Of(upgrade.Blue.Context)} until nobody needs the way back any more.");
                break;
            default:
                break;
        }
    }

    private static IEnumerable<ReportTask> ByHand(BlueGreenUpgrade upgrade)
    {
        var back = ReportWords.IsBack(upgrade.State);
        foreach (var step in upgrade.Steps.Where(step => step.Kind == StepKind.ExternalTraffic && !back && step.State != UpgradeStepState.Completed))
            yield return new(ReportText.Of($"By hand: {step.Title}: {StepKind.ValueOf(step, "hosts")}. The step tells what to change when it has begun."));
        foreach (var step in upgrade.Steps.Where(step => step.Kind == StepKind.External))
        {
            if (back && step.Attempt > 0 && StepKind.ValueOf(step, "undoTask") is { } undo)
                yield return new(ReportText.Of($"To be undone by hand: {step.Title}: {undo}"));
            else if (!back && step.State != UpgradeStepState.Completed)
                yield return new(ReportText.Of($"By hand: {step.Title}. {StepKind.ValueOf(step, "task")}".TrimEnd()), ReportText.Of(StepKind.ValueOf(step, "command")));
        }
    }

    private static IEnumerable<ReportTask> OfBack(BlueGreenUpgrade upgrade, long kept, ReportBack back)
    {
        if (upgrade.State is not (BlueGreenUpgradeState.Undone or BlueGreenUpgradeState.UndoFailed))
            yield break;
        if (kept > 0)
            yield return new($"{ReportText.Count(kept, "workload was", "workloads were")} not given back, or not held, since somebody else holds {(kept == 1 ? "it" : "them")}: see the steps.");
        if (back.Left.Count > 0 || back.LeftObjects is { Count: > 0 })
            yield return new("Decide what becomes of that which stays: see how it was taken back.");
    }

    private static IEnumerable<ReportTask> OfContent(BlueGreenUpgrade upgrade, ReportMoved? moved, IReadOnlyList<ReportChecks> checks, IReadOnlyList<ReportDifferences> differences)
    {
        if (ReportWords.IsBack(upgrade.State))
            yield break;
        if (moved is { Failed: > 0 })
            yield return new($"{ReportText.Count(moved.Failed, "object", "objects")} could not be brought: see what did not move.");
        if (moved is { Outward.Count: > 0 })
            yield return new(ReportText.Of($"{ReportText.Count(moved.Outward.Values.Sum(), "object waits", "objects wait")} since they act outside the cluster: {Some([.. moved.Outward.Keys])}. Bring them when blue has let go of them."));
        if (moved is { Noted.Count: > 0 })
            yield return new($"{ReportText.Count(moved.Noted.Count, "object is", "objects are")} on green and {(moved.Noted.Count == 1 ? "lacks" : "lack")} something, or {(moved.Noted.Count == 1 ? "stays" : "stay")} held: see what moved.");
        if (checks.Sum(step => step.Checks.Count(check => check.IsBlocking)) is > 0 and var blocking)
            yield return new($"{ReportText.Count(blocking, "check blocks", "checks block")}: see the checks.");
        // A later look counts more than an earlier one.
        if (differences.LastOrDefault(d => d.Objects is not null)?.Objects is { Count: > 0 } left)
            yield return new($"{ReportText.Count(left.Count, "object differs", "objects differ")} between the clusters: see the differences.");
    }

    private static string Some(IReadOnlyList<string> names) => names.Count <= Shown ? string.Join(", ", names) : $"{string.Join(", ", names.Take(Shown))} and {names.Count - Shown} more";
}
