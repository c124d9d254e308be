using System.Text.Json.Nodes;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>An upgrade that is run, forward or back: what is known of it, what it is run with, and its journal, to which each thing that happens is added.</summary>
internal sealed class RunningUpgrade(Journal journal, UpgradeProgress progress, UpgradeSession session, UpgradeRunOptions options, StepWorks works)
{
    private readonly string _activity = StepReporter.ActivityOf(progress.Plan);

    /// <summary>How far it is.</summary>
    public UpgradeProgress Progress { get; } = progress;

    /// <summary>The clusters, the system and where files go.</summary>
    public UpgradeSession Session { get; } = session;

    /// <summary>How it is run.</summary>
    public UpgradeRunOptions Options { get; } = options;

    /// <summary>What is done for each kind of step.</summary>
    public StepWorks Works { get; } = works;

    /// <summary>What the work of a step has at hand.</summary>
    /// <param name="step">The step.</param>
    /// <param name="options">How it is run, where that is not how the upgrade is.</param>
    /// <param name="withheld">The classes of workloads that must be left as they are.</param>
    public StepRun ContextOf(UpgradeStep step, UpgradeRunOptions? options = null, WorkloadClass withheld = WorkloadClass.None) => new(
        step, Progress.Plan, Progress.Mark, Session, options ?? Options, Progress.NotesOf(step.Id), Progress.StepOf, point => Progress.IsApproved(step.Id, point),
        note => AppendAsync(JournalEvent.StepNoted, step.Id, step.Attempt, note))
    {
        Withheld = withheld,
        NotesOf = Progress.NotesOf,
        IsRemoved = Progress.IsRemoved,
        Keeping = KeepAsync,
        Heeding = () => Works.ToHeed(Progress.Steps, kept => ContextOf(kept)),
    };

    /// <summary>
    /// Sees to it that what steps did is still in force, as long as no later step that names them has let go of it: what
    /// others do meanwhile may overwrite it.
    /// </summary>
    /// <returns>What was found overwritten and was put in force again, for people.</returns>
    /// <exception cref="UpgradeException">Something is not in force any more, and can't be put in force again.</exception>
    public async Task<IReadOnlyList<string>> KeepAsync(CancellationToken cancellationToken)
    {
        var told = new List<string>();
        var steps = Progress.Steps;
        var ended = steps.Where(step => step.Attempt > 0 && Works.For(step).LetsGo(ContextOf(step))).SelectMany(StepWorks.UsedBy).ToHashSet(StringComparer.Ordinal);
        foreach (var step in steps.Where(step => step.State == UpgradeStepState.Completed && !ended.Contains(step.Id) && Works.For(step).Keeps))
        {
            if (await Works.For(step).KeepAsync(ContextOf(step), cancellationToken).ConfigureAwait(false) is { } found)
                told.Add(found);
        }

        return told;
    }

    /// <summary>Tells how far it is.</summary>
    public void Tell()
    {
        var steps = Progress.Steps;
        Session.Host.Progress(new ProgressReport
        {
            Activity = _activity,
            Status = string.Join(", ", steps.Where(step => step.State == UpgradeStepState.Running).Select(step => step.Title)),
            Done = steps.Count(step => step.State is UpgradeStepState.Completed or UpgradeStepState.Undone),
            Total = steps.Count,
        });
    }

    /// <summary>Tells that the run has ended.</summary>
    public void TellEnd() => Session.Host.Progress(new ProgressReport { Activity = _activity, Completed = true });

    /// <summary>Writes down what happens, and takes it in.</summary>
    /// <exception cref="UpgradeException">It can't be written: nothing may be changed any more.</exception>
    public async Task AppendAsync(JournalEvent what, string? step = null, int attempt = 0, JsonObject? data = null) =>
        Progress.Take(await journal.AppendAsync(what, step, attempt, data).ConfigureAwait(false));

    /// <summary>Does something of a step's work.</summary>
    /// <returns>What became of it; whatever went wrong is in it, and not thrown.</returns>
    /// <exception cref="OperationCanceledException">The run is stopped.</exception>
    public static async Task<StepResult> OutcomeOfAsync(Func<CancellationToken, Task<StepResult>> work, UpgradeStep step, CancellationToken cancellationToken)
    {
        try
        {
            return await work(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (UpgradeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new StepResult("") { Failure = e.Failure };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A defect of one step's work is that step's failure: the others, and the journal, are whole.
            return new StepResult("") { Failure = Unexpected(step, e) };
        }
    }

    private static Failure Unexpected(UpgradeStep step, Exception e) => new()
    {
        Id = "UnexpectedError",
        Kind = FailureKind.Unspecified,
        Message = $"Step '{step.Id}' met what nobody thought of: {e.GetType().Name}: {e.Message}",
        Recommendation = "Resume once more; if it stays, report it with the output of Resume-BlueGreenUpgrade -Debug.",
        Target = step.Id,
    };
}
