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
/// <param name="At">After what.</param>
/// <param name="Number">After how many of them in this process.</param>
internal sealed record CrashPoint(CrashAt At, int Number)
{
    /// <summary>While the upgrade is taken back, and not on its way to green.</summary>
    public bool Undo { get; init; }

    /// <summary>Whether what was imported is removed.</summary>
    public bool Remove { get; init; }

    /// <summary>Whether the journal is kept in green.</summary>
    public bool InCluster { get; init; }

    /// <summary>After how many changes the way to green was killed before, to be taken back from there; null where it came to its end.</summary>
    public int? TakenBackAfter { get; init; }

    /// <summary>What is undisturbed for all points of one series.</summary>
    public CrashSeries Series => new(Undo, Remove, InCluster) { TakenBackAfter = TakenBackAfter };

    public override string ToString() => $"{Series}, after {(At == CrashAt.Line ? "line" : "change")} {Number}";
}

/// <summary>A way of the upgrade along which processes are killed.</summary>
/// <param name="Undo">Back, and not to green.</param>
/// <param name="Remove">Whether what was imported is removed.</param>
/// <param name="InCluster">Whether the journal is kept in green.</param>
internal sealed record CrashSeries(bool Undo, bool Remove, bool InCluster)
{
    /// <summary>After how many changes the way to green was killed before, to be taken back from there; null where it came to its end.</summary>
    public int? TakenBackAfter { get; init; }

    public override string ToString() =>
        $"{(Undo ? Remove ? "undo with removal" : "undo" : "upgrade")}{(TakenBackAfter is { } changes ? $" from change {changes} on" : "")}{(InCluster ? ", journal in a cluster" : "")}";
}
