using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Details;

/// <summary>An object in which green is not as the export of blue says: which it is and in which fields, without their values.</summary>
internal sealed record ObjectDifference
{
    /// <summary>Its group; empty for the core group.</summary>
    public required string Group { get; init; }

    /// <summary>Its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Its namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How it differs. Extra is what this upgrade brought and blue has no longer.</summary>
    public required ClusterConfigDifferenceState State { get; init; }

    /// <summary>The paths of the fields that differ; null for an object that one side has not.</summary>
    public IReadOnlyList<string>? Fields { get; init; }
}
