using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Details;

/// <summary>What became of one workload that a step held or gave back.</summary>
internal sealed record WorkloadOutcome
{
    /// <summary>Its group and version.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Its namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is Scheduled or Serving.</summary>
    public WorkloadClass Class { get; init; }

    /// <summary>What was done.</summary>
    public required WorkloadChangeAction Action { get; init; }

    /// <summary>Why nothing was done, or what else is worth knowing.</summary>
    public string? Reason { get; init; }

    /// <summary>What went wrong.</summary>
    public Failure? Failure { get; init; }

    /// <summary>What a report tells of a change.</summary>
    public static WorkloadOutcome Of(WorkloadChange change) => new()
    {
        ApiVersion = change.ApiVersion,
        Kind = change.Kind,
        Namespace = change.Namespace,
        Name = change.Name,
        Class = change.Class,
        Action = change.Action,
        Reason = change.Failure is null ? change.Reason : null,
        Failure = change.Failure,
    };
}
