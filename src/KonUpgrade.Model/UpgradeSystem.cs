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

    /// <summary>The cluster that was asked, by its context; null where none was.</summary>
    public string? Context { get; init; }

    /// <summary>The namespaces that belong to the system on the cluster that was asked; empty where none was, or where the system is not bound to namespaces.</summary>
    public IReadOnlyList<string> Namespace { get; init; } = [];

    /// <summary>What of the system Velero moves in the place of an import; null where that is nothing.</summary>
    public VeleroSelection? Velero { get; init; }

    /// <summary>What is worth knowing of the system before somebody learns it the hard way.</summary>
    public IReadOnlyList<UpgradeAdvice> Advice { get; init; } = [];
}
