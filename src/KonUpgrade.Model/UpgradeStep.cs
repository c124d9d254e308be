namespace KonUpgrade.Model;

/// <summary>A step of an upgrade: what is planned, and once it has run what became of it.</summary>
public sealed record UpgradeStep
{
    /// <summary>The name of the step, unique in its plan: small letters, digits and hyphens.</summary>
    public required string Id { get; init; }

    /// <summary>What is done: <c>ExportConfig</c>, <c>QuiesceWorkload</c> and so on (about_KonUpgrade_Upgrades).</summary>
    public required string Kind { get; init; }

    /// <summary>The step in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>The cluster that the step is about.</summary>
    public UpgradeSide Target { get; init; }

    /// <summary>What it will change.</summary>
    public string? Changes { get; init; }

    /// <summary>How much it can hurt what serves.</summary>
    public UpgradeRisk Risk { get; init; }

    /// <summary>How it is undone.</summary>
    public string? Undo { get; init; }

    /// <summary>The steps that have to be done before it.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> After { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>Who lets the upgrade go on before it.</summary>
    public UpgradeGate Gate { get; init; }

    /// <summary>What else its kind wants to know, as the plan's file has it: texts, numbers as texts, or lists of texts joined by commas.</summary>
    public IReadOnlyDictionary<string, string> Setting { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it stands.</summary>
    public UpgradeStepState State { get; init; }

    /// <summary>How many times it was begun anew; the first is 1, and 0 means that it was never begun. What a killed run had begun goes on under the same number.</summary>
    public int Attempt { get; init; }

    /// <summary>When its last attempt was begun, UTC.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its last attempt ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What it brought about, for people: <c>17 created, 2 unchanged</c>.</summary>
    public string? Result { get; init; }

    /// <summary>What later steps use of it, such as the directory of an export; and the files that it has left for a report.</summary>
    public IReadOnlyDictionary<string, string> Output { get; init; } = new Dictionary<string, string>();

    /// <summary>What went wrong, where it failed.</summary>
    public Failure? Failure { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>Where a step of an upgrade stands.</summary>
public enum UpgradeStepState
{
    /// <summary>It has not been begun.</summary>
    Pending,

    /// <summary>It waits for a person or a script.</summary>
    AwaitingApproval,

    /// <summary>It was begun and has not ended; where no run is under way, the run was stopped in it, and a resume goes on with it.</summary>
    Running,

    /// <summary>It is done.</summary>
    Completed,

    /// <summary>It could not be done; a resume tries it anew.</summary>
    Failed,

    /// <summary>It was done, or begun, and has been taken back.</summary>
    Undone,

    /// <summary>It could not be taken back; another undo tries it anew.</summary>
    UndoFailed,
}
