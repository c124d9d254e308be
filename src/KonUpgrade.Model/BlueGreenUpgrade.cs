namespace KonUpgrade.Model;

/// <summary>An upgrade that has been begun, as its journal tells it.</summary>
public sealed record BlueGreenUpgrade
{
    /// <summary>The name of the upgrade, as its plan has it.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required BlueGreenUpgradeState State { get; init; }

    /// <summary>Why it stands there, and how it goes on.</summary>
    public string? Reason { get; init; }

    /// <summary>The system as which the clusters are moved.</summary>
    public required string System { get; init; }

    /// <summary>How the version is reached: by a second cluster, or in place.</summary>
    public UpgradeWay Way => Green is null ? UpgradeWay.InPlace : UpgradeWay.BlueGreen;

    /// <summary>The cluster that it comes from; in place, the one that is upgraded.</summary>
    public required UpgradeCluster Blue { get; init; }

    /// <summary>The cluster that it goes to; null in place.</summary>
    public UpgradeCluster? Green { get; init; }

    /// <summary>The version that the system is to become in place; null where the plan does not say.</summary>
    public string? TargetVersion { get; init; }

    /// <summary>The journal's file, or null where it is kept in a cluster.</summary>
    public string? JournalPath { get; init; }

    /// <summary>The context of the cluster that keeps the journal, or null where it is a file.</summary>
    public string? JournalCluster { get; init; }

    /// <summary>The steps with what became of each.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<UpgradeStep> Steps { get; init => field = value.ToArray(); } = Array.Empty<UpgradeStep>();

    /// <summary>When it was begun, UTC.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When the journal was written to last, UTC.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What went wrong, where it failed.</summary>
    public Failure? Failure { get; init; }

    /// <summary>The failure that it is taken back for, where a run was told to do so when a step fails; null otherwise.</summary>
    public Failure? Cause { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Where an upgrade stands.</summary>
public enum BlueGreenUpgradeState
{
    /// <summary>A run is under way; or one was killed, which nobody can tell from the journal alone.</summary>
    Running,

    /// <summary>All that could be done is done, and a gate waits for a person or a script.</summary>
    AwaitingApproval,

    /// <summary>It was stopped at a safe point: its time was over, or somebody stopped it.</summary>
    Stopped,

    /// <summary>A step failed.</summary>
    Failed,

    /// <summary>All steps are done.</summary>
    Completed,

    /// <summary>It is being taken back; or a run that did so was stopped.</summary>
    Undoing,

    /// <summary>A step could not be taken back.</summary>
    UndoFailed,

    /// <summary>What was done has been taken back.</summary>
    Undone,
}
