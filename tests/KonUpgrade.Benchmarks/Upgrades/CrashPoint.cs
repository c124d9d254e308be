using KonUpgrade.Benchmarks.Upgrades.Scenes;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>After what a process is killed.</summary>
internal enum CrashAt
{
    /// <summary>A line of the journal that is there for good.</summary>
    Line,

    /// <summary>A request that has changed something, before its answer.</summary>
    Change,
}

/// <summary>Where a process is killed.</summary>
/// <param name="Series">On which way.</param>
/// <param name="At">After what.</param>
/// <param name="Number">After how many of them in this process.</param>
internal sealed record CrashPoint(CrashSeries Series, CrashAt At, int Number)
{
    public override string ToString() => $"{Series}, after {(At == CrashAt.Line ? "line" : "change")} {Number}";
}

/// <summary>A way of an upgrade along which processes are killed: what is undisturbed for all of its points.</summary>
/// <param name="Undo">Back, and not to green.</param>
/// <param name="Remove">Whether what was imported is removed.</param>
/// <param name="InCluster">Whether the journal is kept in green.</param>
internal sealed record CrashSeries(bool Undo, bool Remove, bool InCluster)
{
    /// <summary>The system whose plan it is.</summary>
    public string SystemName { get; init; } = SmallScene.Name;

    /// <summary>After how many changes the way to green was killed before, to be taken back from there; null where it came to its end.</summary>
    public int? TakenBackAfter { get; init; }

    public override string ToString() =>
        $"{SystemName}, {(Undo ? Remove ? "undo with removal" : "undo" : "upgrade")}{(TakenBackAfter is { } changes ? $" from change {changes} on" : "")}{(InCluster ? ", journal in a cluster" : "")}";
}
