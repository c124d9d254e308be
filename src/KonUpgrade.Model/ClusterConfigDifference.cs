namespace KonUpgrade.Model;

/// <summary>An object that is not the same on two sides.</summary>
public sealed record ClusterConfigDifference
{
    /// <summary>The object's group and version on the reference side, or on the other where it is only there.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The object's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The object's namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object's name.</summary>
    public required string Name { get; init; }

    /// <summary>How the two sides differ.</summary>
    public required ClusterConfigDifferenceState State { get; init; }

    /// <summary>The fields that differ, when <see cref="State"/> is Different.</summary>
    public IReadOnlyList<FieldDifference> Fields { get; init; } = [];
}

/// <summary>How an object differs between the reference and the other side.</summary>
public enum ClusterConfigDifferenceState
{
    /// <summary>The reference has it, the other side has not.</summary>
    Missing,

    /// <summary>The other side has it, the reference has not.</summary>
    Extra,

    /// <summary>Both have it, and fields differ.</summary>
    Different,
}
