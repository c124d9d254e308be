namespace KonUpgrade.Model;

/// <summary>Something in which green is not what blue is, and what that weighs.</summary>
public sealed record ClusterDifference
{
    /// <summary>How they differ.</summary>
    public required ClusterDifferenceState State { get; init; }

    /// <summary>How much it weighs.</summary>
    public required ReadinessSeverity Severity { get; init; }

    /// <summary>Whether traffic should not go to green before it is mended.</summary>
    public bool IsBlocking => Severity == ReadinessSeverity.Blocking;

    /// <summary>The context of blue.</summary>
    public required string Blue { get; init; }

    /// <summary>The context of green.</summary>
    public required string Green { get; init; }

    /// <summary>The object's group and version, on blue where it is there.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The object's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The object's namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// In what: <c>object</c> (whether it is there), <c>image</c>, <c>replicas</c>, <c>ready</c>, <c>endpoints</c>,
    /// <c>address</c>, <c>volume</c>; or the type of a condition, or the id of a check of the system.
    /// </summary>
    public required string Aspect { get; init; }

    /// <summary>How it is on blue; null where there is nothing.</summary>
    public string? BlueValue { get; init; }

    /// <summary>How it is on green; null where there is nothing.</summary>
    public string? GreenValue { get; init; }

    /// <summary>Why it is so, where an import, an export or the object itself tells; or null.</summary>
    public string? Reason { get; init; }

    /// <summary>The difference in words, without the object's name.</summary>
    public required string Message { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {(Namespace is null ? "" : Namespace + "/")}{Name}: {Message}";
}

/// <summary>How green differs from blue.</summary>
public enum ClusterDifferenceState
{
    /// <summary>Blue has it, green has not.</summary>
    Missing,

    /// <summary>Green has it, blue has not.</summary>
    Extra,

    /// <summary>Both have it, and it is not the same.</summary>
    Different,

    /// <summary>It is held back on green on purpose, until it is released or allowed.</summary>
    Held,

    /// <summary>It is on green, and not as ready as it should be.</summary>
    NotReady,
}
