using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>How far an upgrade has come, as the lines of its journal tell it, one after the other. Steps that run side by side may tell and ask at once.</summary>
internal sealed class UpgradeProgress
{
    private readonly Dictionary<string, UpgradeStep> _steps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonObject> _notes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _approvals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _points = new(StringComparer.Ordinal);
    private readonly HashSet<string> _quiet = new(StringComparer.Ordinal);
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _failedToUndo = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly object _lock = new();
    private UpgradeFailureAction _onFailure;

    /// <summary>The point before a step.</summary>
    public const string GatePoint = "gate";

    private UpgradeProgress(UpgradePlan plan, string id, DateTimeOffset begun)
    {
        Plan = plan;
        Mark = $"{plan.Name}/{id}";
        StartedAt = UpdatedAt = begun;
        foreach (var step in plan.Steps)
        {
            _steps.Add(step.Id, step);
            _order.Add(step.Id);
        }
    }

    /// <summary>The plan.</summary>
    public UpgradePlan Plan { get; }

    /// <summary>What tells this upgrade from every other, also from one of the same plan: what it makes and holds carries it.</summary>
    public string Mark { get; }

    /// <summary>Where the upgrade stands.</summary>
    public BlueGreenUpgradeState State { get; private set; } = BlueGreenUpgradeState.Running;

    /// <summary>Why.</summary>
    public string? Reason { get; private set; }

    /// <summary>Who ran it last: machine and process.</summary>
    public string? Runner { get; private set; }

    /// <summary>When it was begun.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>When the journal was written to last.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Whether it is being taken back, or has been.</summary>
    public bool IsUndo { get; private set; }

    /// <summary>Whether, on the way back, what it created on green is removed: once asked for, that holds.</summary>
    public bool RemovesImported { get; private set; }

    /// <summary>The failure of a step in a run that was to take the upgrade back then; null where there was none, or a later run went on from it.</summary>
    public Failure? Cause { get; private set; }

    /// <summary>Whether a step failed in a run that was to take the upgrade back then, and did not come to it.</summary>
    public bool IsToBeUndone
    {
        get
        {
            lock (_lock)
                return !IsUndo && _failedToUndo.Count > 0;
        }
    }

    /// <summary>Whether an undo has been begun and not come to its end: there is no other way than on with it.</summary>
    public bool IsBeingUndone => IsUndo && State != BlueGreenUpgradeState.Undone;

    /// <summary>Whether a run that is to go forward goes back: since an undo was begun, or a step failed, and it is to take back what fails.</summary>
    public bool GoesBack(UpgradeFailureAction onFailure) => onFailure == UpgradeFailureAction.Undo && (IsBeingUndone || IsToBeUndone);

    /// <summary>What an undo would take up, the latest first: what is not taken back yet, and where something is removed what has something to be removed.</summary>
    public IReadOnlyList<UpgradeStep> ToTakeBack(StepWorks works, bool removeImported) =>
        [.. Steps.Reverse().Where(step => step.Attempt > 0 && (step.State != UpgradeStepState.Undone || ((removeImported || RemovesImported) && works.For(step).HasRest && !IsRemoved(step.Id))))];

    /// <summary>The steps, in the plan's order.</summary>
    public IReadOnlyList<UpgradeStep> Steps
    {
        get
        {
            lock (_lock)
                return [.. _order.Select(id => _steps[id])];
        }
    }

    /// <summary>Reads what a journal tells.</summary>
    /// <exception cref="UpgradeException">The journal holds no upgrade (<c>NotAJournal</c>).</exception>
    public static UpgradeProgress Of(Journal journal)
    {
        if (journal.Records.Count == 0)
            throw new UpgradeException(JournalFailures.NoJournal(journal.Store.Name));
        var begun = journal.Records[0];
        var (plan, _) = PlanFile.Read(JsonTree.Write(begun.Data!["plan"]!), $"{journal.Store.Name}, the plan in it");
        var progress = new UpgradeProgress(plan, Text(begun, "id") ?? "", begun.Time);
        foreach (var record in journal.Records.Skip(1))
            progress.Take(record);
        return progress;
    }

    /// <summary>A step as it stands.</summary>
    public UpgradeStep StepOf(string id)
    {
        lock (_lock)
            return _steps[id];
    }

    /// <summary>Whether what a step brought does not run any more, and only the rest of it is to be taken back.</summary>
    public bool IsQuiet(string id)
    {
        lock (_lock)
            return _quiet.Contains(id);
    }

    /// <summary>Whether what a step created has been removed.</summary>
    public bool IsRemoved(string id)
    {
        lock (_lock)
            return _removed.Contains(id);
    }

    /// <summary>What a step's attempts have noted, the latest of each name.</summary>
    public JsonObject NotesOf(string id)
    {
        lock (_lock)
            return _notes.TryGetValue(id, out var notes) ? notes.DeepClone().AsObject() : [];
    }

    /// <summary>Whether somebody lets a step go on at this point of it.</summary>
    public bool IsApproved(string id, string point)
    {
        lock (_lock)
            return _approvals.TryGetValue(id, out var points) && points.Contains(point);
    }

    /// <summary>The point of a step that waits for approval, or its gate.</summary>
    public string PointOf(string id)
    {
        lock (_lock)
            return _points.GetValueOrDefault(id, GatePoint);
    }

    /// <summary>Takes in another line.</summary>
    public void Take(JournalRecord record)
    {
        lock (_lock)
            TakeLocked(record);
    }

    private void TakeLocked(JournalRecord record)
    {
        UpdatedAt = record.Time;
        var step = record.Step is { } id ? _steps.GetValueOrDefault(id) : null;
        switch (record.Event)
        {
            case JournalEvent.RunStarted:
                State = IsUndo ? BlueGreenUpgradeState.Undoing : BlueGreenUpgradeState.Running;
                Reason = null;
                Runner = Text(record, "runner");
                _onFailure = Enum.TryParse<UpgradeFailureAction>(Text(record, "onFailure"), out var action) ? action : UpgradeFailureAction.Stop;
                break;
            case JournalEvent.RunEnded:
                State = Enum.TryParse<BlueGreenUpgradeState>(Text(record, "state"), out var state) ? state : BlueGreenUpgradeState.Stopped;
                Reason = Text(record, "reason");
                break;
            case JournalEvent.UndoBegun:
                IsUndo = true;
                State = BlueGreenUpgradeState.Undoing;
                RemovesImported |= record.Data?["removeImported"]?.GetValue<bool>() == true;
                break;
            case JournalEvent.UndoQuieted when step is not null:
                _steps[step.Id] = step with { Result = Text(record, "result"), Failure = null };
                _quiet.Add(step.Id);
                break;
            case JournalEvent.Approved when step is not null:
                Points(step.Id).Add(Text(record, "point") ?? "");
                break;
            case JournalEvent.StepNoted when step is not null:
                Note(step.Id, record.Data);
                break;
            case JournalEvent.StepLost when step is not null:
                _steps[step.Id] = step with { State = UpgradeStepState.Pending, Result = null, Output = new Dictionary<string, string>() };
                break;
            case JournalEvent.StepStarted when step is not null:
                GoOn(step.Id);
                _steps[step.Id] = step with
                {
                    State = UpgradeStepState.Running,
                    Attempt = record.Attempt,
                    StartedAt = step.Attempt == record.Attempt ? step.StartedAt ?? record.Time : record.Time,
                    EndedAt = null,
                    Failure = null,
                    Result = null,
                    Output = step.Attempt == record.Attempt ? step.Output : new Dictionary<string, string>(),
                };
                break;
            case JournalEvent.StepCompleted when step is not null:
                _steps[step.Id] = step with { State = UpgradeStepState.Completed, EndedAt = record.Time, Result = Text(record, "result"), Output = OutputOf(record), Failure = null };
                break;
            case JournalEvent.StepFailed when step is not null:
                GoOn(step.Id);
                if (_onFailure == UpgradeFailureAction.Undo)
                {
                    _failedToUndo.Add(step.Id);
                    Cause ??= FailureJson.Read(record.Data);
                }

                _steps[step.Id] = step with { State = UpgradeStepState.Failed, EndedAt = record.Time, Failure = FailureJson.Read(record.Data), Result = Text(record, "result"), Output = OutputOf(record) };
                break;
            case JournalEvent.ApprovalNeeded when step is not null:
                // Its gate may be asked again without the step being started.
                GoOn(step.Id);
                _steps[step.Id] = step with { State = UpgradeStepState.AwaitingApproval, Result = Text(record, "reason"), Output = OutputOf(record) };
                _points[step.Id] = Text(record, "point") ?? GatePoint;
                break;
            case JournalEvent.UndoCompleted when step is not null:
                if (record.Data?["removed"]?.GetValue<bool>() == true)
                    _removed.Add(step.Id);
                _steps[step.Id] = step with { State = UpgradeStepState.Undone, EndedAt = record.Time, Result = Text(record, "result"), Failure = null, Output = Joined(step, record) };
                break;
            case JournalEvent.UndoFailed when step is not null:
                _steps[step.Id] = step with { State = UpgradeStepState.UndoFailed, EndedAt = record.Time, Failure = FailureJson.Read(record.Data), Result = Text(record, "result"), Output = Joined(step, record) };
                break;
            default:
                break;
        }
    }

    /// <summary>It, for people and scripts.</summary>
    public BlueGreenUpgrade ToModel(IJournalStore store) => new()
    {
        Name = Plan.Name,
        State = State,
        Reason = Reason,
        System = Plan.System,
        Blue = Plan.Blue,
        Green = Plan.Green,
        TargetVersion = Plan.TargetVersion,
        JournalPath = store.Path,
        JournalCluster = store.Cluster,
        Steps = Steps,
        StartedAt = StartedAt,
        UpdatedAt = UpdatedAt,
        Failure = State switch
        {
            BlueGreenUpgradeState.Failed => FailureOf(UpgradeStepState.Failed),
            BlueGreenUpgradeState.UndoFailed => FailureOf(UpgradeStepState.UndoFailed),
            _ => null,
        },
        Cause = IsUndo ? Cause : null,
    };

    // A later run has come to the step again: what it failed for before does not count any more.
    private void GoOn(string id)
    {
        if (_failedToUndo.Remove(id) && _failedToUndo.Count == 0)
            Cause = null;
    }

    private Failure? FailureOf(UpgradeStepState state) => Steps.Where(step => step.State == state).Select(step => step.Failure).FirstOrDefault(failure => failure is not null);

    private HashSet<string> Points(string id)
    {
        if (!_approvals.TryGetValue(id, out var points))
            _approvals.Add(id, points = new HashSet<string>(StringComparer.Ordinal));
        return points;
    }

    private void Note(string id, JsonObject? data)
    {
        if (!_notes.TryGetValue(id, out var notes))
            _notes.Add(id, notes = []);
        foreach (var (name, value) in data ?? [])
            notes[name] = value?.DeepClone();
    }

    private static Dictionary<string, string> OutputOf(JournalRecord record) =>
        (record.Data?["output"] as JsonObject)?.ToDictionary(o => o.Key, o => o.Value!.GetValue<string>(), StringComparer.Ordinal) ?? [];

    // What a step made stays known when it is taken back.
    private static Dictionary<string, string> Joined(UpgradeStep step, JournalRecord record)
    {
        var joined = new Dictionary<string, string>(step.Output, StringComparer.Ordinal);
        foreach (var (name, value) in OutputOf(record))
            joined[name] = value;
        return joined;
    }

    private static string? Text(JournalRecord record, string name) => record.Data?[name]?.GetValue<string>();
}
