using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>
/// Waits until what a step holds is quiet: what is held begins nothing more; what it has begun acts until it ends, beside
/// the other cluster. What somebody gives back meanwhile (Argo CD or Flux, from what they apply) is held again, and what
/// does not end, or can't be seen, goes on by a person's word alone: these things and no others.
/// </summary>
internal sealed class QuietWait(StepRun run, Func<WorkloadChanger> plan)
{
    private const string LeftNote = "stillRunning";

    // Controllers hear of a change within a second; a busy one, a little later.
    private static readonly TimeSpan s_mostBetweenLooks = TimeSpan.FromSeconds(3);

    private readonly SortedSet<string> _heldAgain = new(StringComparer.Ordinal);
    private RunningWork _running = null!;
    private HashSet<string> _waived = [];
    private bool _looksTwice;
    private RunningLook? _look;
    private bool _isHeldAgain;
    private int _most;

    private string Cluster => run.Target.Context.Name;

    private IReadOnlyList<RunningPart> Running => _look is null ? [] : [.. _look.Parts.Where(part => !IsWaived(part))];

    private IReadOnlyList<KeyValuePair<string, string>> Unseen => _look is null ? [] : [.. _look.Unseen.Where(kind => !_waived.Contains(kind.Key)).OrderBy(kind => kind.Key, StringComparer.Ordinal)];

    private bool IsWaived(RunningPart part) => _waived.Contains(part.Uid) || _waived.Contains(part.ControllerUid);

    /// <summary>What runs of what a plan holds.</summary>
    public static RunningWork WorkOf(StepRun run, WorkloadChanger changer) => new(run.Target, changer.Held, run.Plan.Selection.Namespace.Count > 0);

    /// <summary>Waits.</summary>
    /// <param name="changer">What the step has held.</param>
    /// <param name="applied">What became of it.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">WaitTimeout, where the cluster does not answer; HoldNotKept; what can't be listed or held.</exception>
    public async Task<StepResult> RunAsync(WorkloadChanger changer, AppliedChanges applied, CancellationToken cancellationToken)
    {
        _running = WorkOf(run, changer);
        _looksTwice = applied.HasStoppedSchedulers;
        var noted = (run.Notes[LeftNote] as JsonArray)?.Select(name => name!.GetValue<string>()).ToList() ?? [];
        var approved = noted.Count > 0 && run.IsApproved(PointOf(noted));
        _waived = approved ? noted.ToHashSet(StringComparer.Ordinal) : [];
        var (done, seen) = await Waiting.UntilAsync(run, LookAsync, cancellationToken).ConfigureAwait(false);
        if (!done && Running.Count == 0)
            throw new UpgradeException(_isHeldAgain ? NotKept() : Waiting.TooLong(run, seen));
        var text = applied.Counts.ToString();
        if (_heldAgain.Count > 0)
            text += $"; held again: {ImportUndo.Names([.. _heldAgain], ", ")}";
        if (Running.Count > 0 || Unseen.Count > 0)
            return await AskAsync(text, cancellationToken).ConfigureAwait(false);
        var left = _look!.Parts.Count + _look.Unseen.Count;
        if (_most > _look.Parts.Count)
            text += string.Create(CultureInfo.InvariantCulture, $"; {_most - _look.Parts.Count} Jobs and Pods that had been begun have ended");
        return new StepResult(left == 0 ? text : $"{text}; approved beside the other cluster: {ImportUndo.Names([.. _look.Parts.Select(part => part.ToString()), .. _look.Unseen.Keys.Order(StringComparer.Ordinal)], ", ")}");
    }

    // One look may be too early: a controller that has not yet seen the hold may begin something just after.
    private async Task<(bool Done, string Seen)> LookAsync(CancellationToken cancellationToken)
    {
        _isHeldAgain = false;
        await FindAsync(cancellationToken).ConfigureAwait(false);
        if (Running.Count == 0 && _looksTwice)
        {
            var interval = run.Duration("interval");
            var between = interval < s_mostBetweenLooks ? interval : s_mostBetweenLooks;
            run.Reporter.Verbose(string.Create(CultureInfo.InvariantCulture, $"{run.Step.Id}: nothing runs on {Cluster}; looking once more in {between.TotalSeconds:0.#} s, since a schedule may have been due just then"));
            await Task.Delay(between, run.Time, cancellationToken).ConfigureAwait(false);
            await FindAsync(cancellationToken).ConfigureAwait(false);
        }

        if (Running.Count > 0)
            return (false, $"still running on {Cluster}: {Names()}");
        var again = await HoldAgainAsync(cancellationToken).ConfigureAwait(false);
        return again.Count == 0 ? (true, "") : (false, $"held again on {Cluster}: {ImportUndo.Names(again, ", ")}");
    }

    private async Task FindAsync(CancellationToken cancellationToken)
    {
        _look = null;
        _look = await _running.FindAsync(jobsOnly: false, IsWaived, cancellationToken).ConfigureAwait(false);
        _most = Math.Max(_most, _look.Parts.Count);
    }

    // What somebody has given back, or made, since.
    private async Task<IReadOnlyList<string>> HoldAgainAsync(CancellationToken cancellationToken)
    {
        var changer = plan();
        var summary = await changer.PrepareAsync(cancellationToken).ConfigureAwait(false);
        if (changer.Failures.Count > 0)
            throw new UpgradeException(changer.Failures[0]);
        if (summary.ChangeCount == 0)
            return [];
        var applied = await AppliedChanges.OfAsync(changer, _ => { }, cancellationToken).ConfigureAwait(false);
        if (applied.First is { } first)
            throw new UpgradeException(WorkloadUndo.Incomplete(Cluster, applied.Counts, first, "Mend the cause and resume."));
        var others = applied.Suspended.Where(_heldAgain.Add).ToList();
        if (others.Count > 0)
            run.Session.Host.Warning($"{Cluster}: held again, since somebody has let it run, or has made it, after it was to be quiet: {ImportUndo.Names(others, ", ")}. What applies it by itself (Argo CD, Flux) has to leave it alone while the upgrade goes on.");
        _isHeldAgain = true;
        _running = WorkOf(run, changer);
        _looksTwice |= applied.HasStoppedSchedulers;
        return applied.Suspended;
    }

    // What is asked for is all that is left, also what was approved before and still runs.
    private async Task<StepResult> AskAsync(string text, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string[] left = [.. _look!.Parts.Select(part => part.Uid).Concat(_look.Unseen.Keys).Distinct().Order(StringComparer.Ordinal)];
        await run.NoteAsync(new JsonObject { [LeftNote] = new JsonArray([.. left.Select(name => (JsonNode)name)]) }).ConfigureAwait(false);
        if (Running.Count > 0)
            text += $"; still running on {Cluster} after {run.Duration("timeout")}: {Names()}";
        if (Unseen.Count > 0)
            text += $"; whether more runs can't be seen: {string.Join("; ", Unseen.Select(kind => $"{kind.Key}: {kind.Value}"))}";
        return new StepResult($"{text}. A resume looks again and waits; -Approve {run.Step.Id} goes on beside {(Running.Count > 0 ? "these and no others" : "what can't be seen")}.") { ApprovalPoint = PointOf(left) };
    }

    private static string PointOf(IEnumerable<string> left) => StepResult.PointOf("running", left);

    private string Names() => ImportUndo.Names([.. Running.Select(part => part.ToString())], ", ");

    private Failure NotKept() => new()
    {
        Id = "HoldNotKept",
        Kind = FailureKind.Conflict,
        Message = $"Step '{run.Step.Id}' holds workloads that somebody lets run again each time, for {run.Duration("timeout")}: {ImportUndo.Names([.. _heldAgain], ", ")}.",
        Recommendation = $"End what applies them by itself to {Cluster} for the time of the upgrade (self-heal of Argo CD, reconciliation of Flux), then resume.",
        Target = Cluster,
    };
}
