namespace KonUpgrade.Model;

/// <summary>A system that KonUpgrade knows how to move, as its description says it.</summary>
public sealed record UpgradeSystem
{
    /// <summary>The name that <c>-System</c> takes.</summary>
    public required string Name { get; init; }

    /// <summary>The system's full name.</summary>
    public required string Title { get; init; }

    /// <summary>What it is and what of it is moved, in a sentence or two.</summary>
    public string? Description { get; init; }

    /// <summary>Where its own documentation of an upgrade is.</summary>
    public string? Documentation { get; init; }

    /// <summary>The kinds by which a cluster is known to have the system: all of them are served; empty where it is never found by itself.</summary>
    public IReadOnlyList<string> DetectedByKind { get; init; } = [];

    /// <summary>The kinds that are exported, as <c>App.k11n.dev</c>; empty where every kind is, but for those left out.</summary>
    public IReadOnlyList<string> ExportedKind { get; init; } = [];

    /// <summary>The kinds that are left out on purpose, each with its reason.</summary>
    public IReadOnlyDictionary<string, string> LeftOutKind { get; init; } = new Dictionary<string, string>();
}
