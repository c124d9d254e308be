using System.Text.Json.Serialization;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Details;

/// <summary>What a step that imports did with one object: which it is, and nothing of what is in it.</summary>
internal sealed record ObjectOutcome
{
    /// <summary>The group and version in which it was written, or would have been.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Its namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What was done.</summary>
    public required ClusterConfigChangeAction Action { get; init; }

    /// <summary>Why, or what else is worth knowing.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it arrived held.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsHeld { get; init; }

    /// <summary>Why it is held beyond being asked for; null where that is all.</summary>
    public string? HeldReason { get; init; }

    /// <summary>What it needs and the target had not.</summary>
    public IReadOnlyList<string>? Missing { get; init; }

    /// <summary>The word after -AllowOutward that would bring it, where it was left out since it acts outside the cluster.</summary>
    public string? Outward { get; init; }

    /// <summary>How it was brought into the shape of another version; null where it was not.</summary>
    public ClusterConfigConversion? Conversion { get; init; }

    /// <summary>What went wrong.</summary>
    public Failure? Failure { get; init; }

    /// <summary>What a report tells of a change.</summary>
    public static ObjectOutcome Of(ClusterConfigChange change) => new()
    {
        ApiVersion = change.ApiVersion,
        Kind = change.Kind,
        Namespace = change.Namespace,
        Name = change.Name,
        Action = change.Action,
        Reason = change.Failure is null ? change.Reason : null,
        IsHeld = change.Held is not null,
        HeldReason = change.HeldReason,
        Missing = change.Missing.Count > 0 ? change.Missing : null,
        Outward = change.Outward,
        Conversion = change.Conversion,
        Failure = change.Failure,
    };
}
