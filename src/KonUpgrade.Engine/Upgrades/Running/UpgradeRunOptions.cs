using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>How a run of an upgrade goes.</summary>
public sealed record UpgradeRunOptions
{
    /// <summary>After how long it stops at a safe point; null for never.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Steps before which it waits for a person, beside those that the plan names.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>Steps that somebody lets go on.</summary>
    public IReadOnlyList<string> Approve { get; init; } = [];

    /// <summary>Who runs it, for the journal: the machine and the process.</summary>
    public string Runner { get; init; } = $"{Environment.MachineName}, process {Environment.ProcessId}";

    /// <summary>What becomes of the upgrade when a step fails. It is written down before anything is done.</summary>
    public UpgradeFailureAction OnFailure { get; init; }

    /// <summary>When an upgrade is taken back: whether what it created on green is deleted, and not only held.</summary>
    public bool RemoveImported { get; init; }

    /// <summary>The time that an undo has at least where the way forward has used up the run's: one that is begun and cut off leaves clusters half way.</summary>
    public static TimeSpan LeastForUndo { get; } = TimeSpan.FromMinutes(10);

    /// <summary>How the same run takes back what it did.</summary>
    /// <param name="used">How much of its time is used up.</param>
    public UpgradeRunOptions ToUndo(TimeSpan used) => this with
    {
        Gates = [],
        Approve = [],
        MaxDuration = MaxDuration is not { } most ? null : most - used > LeastForUndo ? most - used : LeastForUndo,
    };
}
