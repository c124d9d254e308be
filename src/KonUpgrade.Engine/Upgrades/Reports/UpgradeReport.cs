using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Reports;

/// <summary>
/// What is to be told of an upgrade: outcome, steps, what moved and what did not, checks, differences and the way back.
/// Everything is of the journal and of the lists that its steps have left; nothing is asked of a cluster, and the same
/// journal gives the same report.
/// </summary>
internal sealed record UpgradeReport
{
    /// <summary>The format, for who reads it as JSON.</summary>
    public string ApiVersion { get; init; } = Journal.Format;

    /// <summary>The kind of file.</summary>
    public string Kind { get; init; } = "UpgradeReport";

    /// <summary>The upgrade's name.</summary>
    public required string Name { get; init; }

    /// <summary>The system as which the clusters are moved.</summary>
    public required string System { get; init; }

    /// <summary>The cluster that it comes from; in place, the one that is upgraded.</summary>
    public required ReportCluster Blue { get; init; }

    /// <summary>The cluster that it goes to; null in place.</summary>
    public ReportCluster? Green { get; init; }

    /// <summary>The version that the system is to become in place; null where the plan does not say.</summary>
    public string? TargetVersion { get; init; }

    /// <summary>How it stands.</summary>
    public required ReportOutcome Outcome { get; init; }

    /// <summary>When it was begun, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The time of the journal's last line, UTC: the report is as of then.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>How long runs were under way.</summary>
    public required TimeSpan Worked { get; init; }

    /// <summary>How long none was, in between.</summary>
    public required TimeSpan Rested { get; init; }

    /// <summary>What runs where.</summary>
    public required IReadOnlyList<ReportPlace> Places { get; init; }

    /// <summary>What is left to do, by whom reads.</summary>
    public required IReadOnlyList<ReportTask> Next { get; init; }

    /// <summary>The steps, in the plan's order.</summary>
    public required IReadOnlyList<ReportStep> Steps { get; init; }

    /// <summary>The runs: who took it up, when, and how that ended.</summary>
    public required IReadOnlyList<ReportRun> Runs { get; init; }

    /// <summary>Who let it go on where it waited.</summary>
    public required IReadOnlyList<ReportApproval> Approvals { get; init; }

    /// <summary>What moved, and what did not; null where no step that moves objects has come to an end.</summary>
    public ReportMoved? Moved { get; init; }

    /// <summary>What exports left out by the system's rules; null where no export is at hand.</summary>
    public ReportLeftOut? LeftOut { get; init; }

    /// <summary>The checks that steps made.</summary>
    public required IReadOnlyList<ReportChecks> Checks { get; init; }

    /// <summary>In what green is not what blue is, by the step that looked.</summary>
    public required IReadOnlyList<ReportDifferences> Differences { get; init; }

    /// <summary>How it is taken back, or was.</summary>
    public required ReportBack Back { get; init; }

    /// <summary>Where all this is from.</summary>
    public required ReportSource Source { get; init; }
}

/// <summary>A cluster of the upgrade.</summary>
/// <param name="Context">Its context.</param>
/// <param name="ClusterUid">Its identity: the UID of its kube-system namespace.</param>
/// <param name="ServerVersion">Its API server's version when the plan was made, or null.</param>
internal sealed record ReportCluster(string Context, string ClusterUid, string? ServerVersion);

/// <summary>How an upgrade stands.</summary>
internal sealed record ReportOutcome
{
    /// <summary>The state.</summary>
    public required BlueGreenUpgradeState State { get; init; }

    /// <summary>It in a sentence.</summary>
    public required string Text { get; init; }

    /// <summary>Why, as the last run said.</summary>
    public string? Reason { get; init; }

    /// <summary>What went wrong, or null.</summary>
    public Failure? Failure { get; init; }

    /// <summary>What it was taken back for by itself, or null.</summary>
    public Failure? Cause { get; init; }

    /// <summary>What had failed before somebody took it back, or null.</summary>
    public Failure? FailedBefore { get; init; }
}

/// <summary>Where something is.</summary>
/// <param name="What">What: <c>Serving workloads</c>.</param>
/// <param name="Blue">How it is on blue, or on the cluster that is upgraded in place.</param>
/// <param name="Green">How it is on green; null in place.</param>
internal sealed record ReportPlace(string What, string Blue, string? Green);

/// <summary>Something that is left to do.</summary>
/// <param name="Text">What.</param>
/// <param name="Command">The command that does it, or null.</param>
internal sealed record ReportTask(string Text, string? Command = null);

/// <summary>A run.</summary>
/// <param name="Runner">The machine and the process.</param>
/// <param name="From">When it took the upgrade up.</param>
/// <param name="To">When it ended, or the last that is known of it.</param>
/// <param name="Outcome">How it ended; null where nothing tells.</param>
/// <param name="Reason">Why.</param>
internal sealed record ReportRun(string? Runner, DateTimeOffset From, DateTimeOffset To, BlueGreenUpgradeState? Outcome, string? Reason);

/// <summary>A word that let a step go on.</summary>
/// <param name="Step">The step.</param>
/// <param name="At">When.</param>
/// <param name="By">Who ran the command: machine and process.</param>
/// <param name="Point">What was let through: its gate, or what it asked for.</param>
internal sealed record ReportApproval(string Step, DateTimeOffset At, string? By, string? Point);

/// <summary>A step.</summary>
internal sealed record ReportStep
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>It in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>The cluster that it is about.</summary>
    public required UpgradeSide Target { get; init; }

    /// <summary>How much it can hurt what serves.</summary>
    public required UpgradeRisk Risk { get; init; }

    /// <summary>Where it stands.</summary>
    public required UpgradeStepState State { get; init; }

    /// <summary>How many times it was begun anew.</summary>
    public required int Attempt { get; init; }

    /// <summary>What it changes.</summary>
    public string? Changes { get; init; }

    /// <summary>What it brought about.</summary>
    public string? Result { get; init; }

    /// <summary>What went wrong, or null.</summary>
    public Failure? Failure { get; init; }

    /// <summary>What it had failed for when it was taken back, or null.</summary>
    public Failure? FailedBefore { get; init; }

    /// <summary>When something was done for it, or it waited.</summary>
    public required IReadOnlyList<ReportSpan> Spans { get; init; }

    /// <summary>What became of workloads, where it held or gave back some and that is at hand.</summary>
    public ReportList<WorkloadOutcome>? Workloads { get; init; }
}

/// <summary>A stretch of time of a step.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="From">Its begin.</param>
/// <param name="To">Its end, or the last that is known.</param>
internal sealed record ReportSpan(ReportSpanKind Kind, DateTimeOffset From, DateTimeOffset To);

/// <summary>What a stretch of time was.</summary>
internal enum ReportSpanKind
{
    /// <summary>The step was done, to its end.</summary>
    Done,

    /// <summary>It was tried, and failed.</summary>
    Failed,

    /// <summary>It was begun, and the run ended within it, or is in it.</summary>
    Unfinished,

    /// <summary>It waited for a person or a script.</summary>
    Waited,

    /// <summary>It was taken back.</summary>
    Undone,

    /// <summary>It could not be taken back.</summary>
    UndoFailed,
}

/// <summary>The first of a list that may be long.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Items">The first of them.</param>
/// <param name="Files">Where all of them are.</param>
internal sealed record ReportList<T>(long Count, IReadOnlyList<T> Items, IReadOnlyList<string> Files);

/// <summary>What moved, and what did not.</summary>
internal sealed record ReportMoved
{
    /// <summary>By kind, in order.</summary>
    public required IReadOnlyList<ReportKind> Kinds { get; init; }

    /// <summary>How many are on green: created, changed, or there already as they should be.</summary>
    public required long Moved { get; init; }

    /// <summary>How many of them arrived held.</summary>
    public required long Held { get; init; }

    /// <summary>How many were left alone, for a reason.</summary>
    public required long Skipped { get; init; }

    /// <summary>How many could not be brought.</summary>
    public required long Failed { get; init; }

    /// <summary>Why objects did not move, the most frequent reason first.</summary>
    public required IReadOnlyList<ReportReason> Reasons { get; init; }

    /// <summary>The objects that did not move.</summary>
    public required ReportList<ObjectOutcome> NotMoved { get; init; }

    /// <summary>Those that are there and need somebody: held for more than being asked for, or lacking what they need.</summary>
    public required ReportList<ObjectOutcome> Noted { get; init; }

    /// <summary>The conversions, by kind and versions.</summary>
    public required IReadOnlyList<ReportConversion> Conversions { get; init; }

    /// <summary>The kinds that wait since they act outside the cluster, with how many objects.</summary>
    public required IReadOnlyDictionary<string, long> Outward { get; init; }

    /// <summary>The steps whose lists are not at hand, so that they are not counted: why.</summary>
    public required IReadOnlyList<ReportLack> Lacks { get; init; }
}

/// <summary>What became of the objects of a kind.</summary>
internal sealed record ReportKind
{
    /// <summary>The kind, with its group: <c>Deployment.apps</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>How many were created.</summary>
    public long Created { get; set; }

    /// <summary>How many were changed.</summary>
    public long Updated { get; set; }

    /// <summary>How many were there as they should be.</summary>
    public long Unchanged { get; set; }

    /// <summary>How many were left alone.</summary>
    public long Skipped { get; set; }

    /// <summary>How many could not be brought.</summary>
    public long Failed { get; set; }
}

/// <summary>Why objects did not move.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Count">How many.</param>
/// <param name="IsFailure">Whether they could not; otherwise they were left on purpose.</param>
/// <param name="Examples">The first of them.</param>
internal sealed record ReportReason(string Reason, long Count, bool IsFailure, IReadOnlyList<string> Examples);

/// <summary>Objects that were brought into the shape of another version.</summary>
/// <param name="Kind">Their kind, with its group.</param>
/// <param name="From">The version before.</param>
/// <param name="To">The version after.</param>
/// <param name="Count">How many.</param>
/// <param name="Notes">What was changed that is more than another place for the same thing.</param>
/// <param name="Examples">The first of them.</param>
internal sealed record ReportConversion(string Kind, string From, string To, long Count, IReadOnlyList<string> Notes, IReadOnlyList<string> Examples);

/// <summary>What an export left out.</summary>
/// <param name="Step">The step that exported.</param>
/// <param name="Count">How many objects.</param>
/// <param name="Reasons">Why, the most frequent reason first.</param>
/// <param name="File">The list of them all.</param>
/// <param name="Lack">Why it can't be told; null where it can.</param>
internal sealed record ReportLeftOut(string Step, long Count, IReadOnlyList<ReportReason> Reasons, string File, string? Lack);

/// <summary>A list of a step that is not at hand.</summary>
/// <param name="Step">The step.</param>
/// <param name="List">The list.</param>
/// <param name="Path">Its file.</param>
/// <param name="Why">Why it can't be read.</param>
internal sealed record ReportLack(string Step, string List, string Path, string Why);

/// <summary>The checks of a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Title">It in a few words.</param>
/// <param name="Checks">The checks, those that block first, findings bounded.</param>
/// <param name="Path">Their file.</param>
/// <param name="Lack">Why they can't be read; null where they can.</param>
internal sealed record ReportChecks(string Step, string Title, IReadOnlyList<ReadinessCheck> Checks, string Path, string? Lack);

/// <summary>What a step that compares has found.</summary>
/// <param name="Step">The step.</param>
/// <param name="Title">It in a few words.</param>
/// <param name="Result">What it said.</param>
/// <param name="Objects">Objects that are not as the export says.</param>
/// <param name="Health">What does not do on green what it does on blue.</param>
/// <param name="Lack">Why not all can be told; null where it can.</param>
internal sealed record ReportDifferences(string Step, string Title, string? Result, ReportList<ObjectDifference>? Objects, ReportList<ClusterDifference>? Health, string? Lack);

/// <summary>The way back.</summary>
/// <param name="Text">How it stands with that.</param>
/// <param name="Command">The command; null where nothing is left to take back.</param>
/// <param name="Steps">What would be taken back, or was, the latest first.</param>
/// <param name="Left">What stays as it is.</param>
/// <param name="LeftObjects">Objects that an undo left as they were.</param>
internal sealed record ReportBack(string Text, string? Command, IReadOnlyList<ReportUndo> Steps, IReadOnlyList<string> Left, ReportList<LeftOnGreen>? LeftObjects);

/// <summary>How a step is taken back.</summary>
/// <param name="Step">The step.</param>
/// <param name="Title">It in a few words.</param>
/// <param name="How">How it would be, or what became of that.</param>
internal sealed record ReportUndo(string Step, string Title, string How);

/// <summary>Where a report is from.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="Lines">How many lines it has.</param>
/// <param name="Lacks">Lists that are not at hand.</param>
internal sealed record ReportSource(string Journal, long Lines, IReadOnlyList<ReportLack> Lacks);
