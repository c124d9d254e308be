using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Moving;

/// <summary>Which pool's work is to go to a new one, and how.</summary>
public sealed record NodepoolMoveRequest
{
    /// <summary>The old pool's name.</summary>
    public required string Name { get; init; }

    /// <summary>What its provider knows it by, where it was told of before: another one of its name is not moved. Null for any.</summary>
    public string? Id { get; init; }

    /// <summary>The new pool's name; null for the old one's with the next free number.</summary>
    public string? NewName { get; init; }

    /// <summary>In what the new pool is made otherwise than the old one.</summary>
    public NodepoolShape Shape { get; init; } = new();

    /// <summary>How the old one is drained.</summary>
    public DrainOptions Drain { get; init; } = new();

    /// <summary>How long, and how often, each pool is waited for.</summary>
    public NodepoolWaitOptions Wait { get; init; } = new();

    /// <summary>Whether the old one stays, cordoned and empty.</summary>
    public bool KeepOld { get; init; }

    /// <summary>Whether the old one is drained where pods find no place on the nodes that stay.</summary>
    public bool AllowPending { get; init; }
}
