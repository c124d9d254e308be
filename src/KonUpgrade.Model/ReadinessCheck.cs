namespace KonUpgrade.Model;

/// <summary>One check of a cluster, and how it came out.</summary>
public sealed record ReadinessCheck
{
    /// <summary>The stable PascalCase id: <c>WorkloadsAvailable</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What should be so.</summary>
    public required string Title { get; init; }

    /// <summary>What it is about.</summary>
    public ReadinessCategory Category { get; init; }

    /// <summary>How much it weighs when it can't be found out, and what its findings weigh at the most.</summary>
    public ReadinessSeverity Severity { get; init; }

    /// <summary>How it came out.</summary>
    public required ReadinessStatus Status { get; init; }

    /// <summary>Whether nothing should go on: something blocks, or what could block is unknown.</summary>
    public bool IsBlocking => Status == ReadinessStatus.Failed || (Status == ReadinessStatus.Unknown && Severity == ReadinessSeverity.Blocking);

    /// <summary>The context of the cluster that was looked at.</summary>
    public required string Cluster { get; init; }

    /// <summary>The identity of that cluster: the UID of its kube-system namespace; null where that may not be read.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>What was looked at: <c>48 workloads</c>; null where nothing was.</summary>
    public string? Examined { get; init; }

    /// <summary>The outcome in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What was found, the blocking first.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<ReadinessFinding> Findings { get; init => field = value.ToArray(); } = Array.Empty<ReadinessFinding>();

    /// <summary>The hops to take, the first first; empty but for the check of the way between versions.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<UpgradeHop> Hops { get; init => field = value.ToArray(); } = Array.Empty<UpgradeHop>();

    /// <summary>What to do about what was found; null where nothing was.</summary>
    public string? Remedy { get; init; }

    /// <summary>Where more is told.</summary>
    public string? Documentation { get; init; }

    /// <summary>Why some of it could not be found out, or all; null where it could.</summary>
    public Failure? Failure { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Id}: {Status}";
}
