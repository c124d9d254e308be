using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness;

/// <summary>What a check is called, and what it is about.</summary>
public sealed record ReadinessRule
{
    /// <summary>The stable PascalCase id.</summary>
    public required string Id { get; init; }

    /// <summary>What should be so, as a sentence.</summary>
    public required string Title { get; init; }

    /// <summary>What it is about.</summary>
    public required ReadinessCategory Category { get; init; }

    /// <summary>How much it weighs when it can't be found out. Its findings may weigh less.</summary>
    public required ReadinessSeverity Severity { get; init; }

    /// <summary>What to do about what is found.</summary>
    public required string Remedy { get; init; }

    /// <summary>Where more is told.</summary>
    public required string Documentation { get; init; }

    /// <summary>Whether it is about the cluster as a whole, and so about none of its namespaces.</summary>
    public bool IsClusterWide { get; init; }
}
