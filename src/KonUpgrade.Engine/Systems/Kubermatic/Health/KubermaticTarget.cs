namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>What a Kubermatic is to become, or has become.</summary>
public sealed record KubermaticTarget
{
    /// <summary>The version: <c>v2.31.0</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The edition, in its first letters at least: <c>Enterprise Edition</c>, <c>ee</c>; null for the one that it has.</summary>
    public string? Edition { get; init; }

    /// <summary>Seeds that the installer does not look at (its <c>--skip-seed-validation</c>).</summary>
    public IReadOnlyList<string> SkippedSeeds { get; init; } = [];
}
