namespace KonUpgrade.Model;

/// <summary>What became of a workload that was to be suspended or resumed. One comes out for each, when it is final.</summary>
public sealed record WorkloadChange
{
    /// <summary>The cluster's context.</summary>
    public string? Context { get; init; }

    /// <summary>The workload's group and version.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The workload's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The workload's namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The workload's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is Scheduled or Serving.</summary>
    public WorkloadClass Class { get; init; }

    /// <summary>What was done.</summary>
    public required WorkloadChangeAction Action { get; init; }

    /// <summary>The fields that were changed, with what they were before and are after.</summary>
    public IReadOnlyList<HeldField> Fields { get; init; } = [];

    /// <summary>Why nothing was done, or what else is worth knowing.</summary>
    public string? Reason { get; init; }

    /// <summary>The workload's UID, where it is there.</summary>
    public string? Uid { get; init; }

    /// <summary>What went wrong, when <see cref="Action"/> is Failed.</summary>
    public Failure? Failure { get; init; }
}

/// <summary>What became of a workload that was to be suspended or resumed.</summary>
public enum WorkloadChangeAction
{
    /// <summary>It is held now.</summary>
    Suspended,

    /// <summary>It is as it was before it was held.</summary>
    Resumed,

    /// <summary>It was held, or was not, as it was to be.</summary>
    Unchanged,

    /// <summary>It was left alone, for the reason given.</summary>
    Skipped,

    /// <summary>It could not be changed.</summary>
    Failed,
}
