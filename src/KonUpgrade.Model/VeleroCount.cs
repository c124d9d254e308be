namespace KonUpgrade.Model;

/// <summary>How many were begun, are done, and failed.</summary>
public sealed record VeleroCount
{
    /// <summary>How many were begun.</summary>
    public int Attempted { get; init; }

    /// <summary>How many are done.</summary>
    public int Completed { get; init; }

    /// <summary>How many failed.</summary>
    public int Failed { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Completed} of {Attempted}, {Failed} failed";
}
