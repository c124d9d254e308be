namespace KonUpgrade.Model;

/// <summary>Nodes of a pool that were drained together, before the next ones are.</summary>
public sealed record NodepoolBatch
{
    /// <summary>The cluster's context.</summary>
    public string? Context { get; init; }

    /// <summary>The pool's name.</summary>
    public required string Nodepool { get; init; }

    /// <summary>Which batch it is, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Its nodes, with what became of each.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public required IReadOnlyList<NodeChange> Nodes { get; init => field = value.ToArray(); }

    /// <summary>How many nodes are still to be drained.</summary>
    public required int Remaining { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"batch {Number} of {Nodepool}";
}
