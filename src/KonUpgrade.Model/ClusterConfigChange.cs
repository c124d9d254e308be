namespace KonUpgrade.Model;

/// <summary>What an import did with one object. One comes out for each object, when it is final.</summary>
public sealed record ClusterConfigChange
{
    /// <summary>The target's context.</summary>
    public string? Context { get; init; }

    /// <summary>The group and version that the object was written in.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The object's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The object's namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object's name.</summary>
    public required string Name { get; init; }

    /// <summary>What was done.</summary>
    public required ClusterConfigChangeAction Action { get; init; }

    /// <summary>Why it was skipped or failed, or what else is worth knowing.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The fields that differ on an object that was there already (reference: what is imported; difference: the cluster).
    /// In a dry run (<see cref="Verified"/>) also: of an object that would be changed, what it would be after the change,
    /// with what the server and its webhooks make of it, and what is there now; of one that would be created, what was
    /// sent and what the server would make of it. Without values for kinds that hold secrets.
    /// </summary>
    public IReadOnlyList<FieldDifference> Fields { get; init; } = [];

    /// <summary>The field manager that it was written under.</summary>
    public string? FieldManager { get; init; }

    /// <summary>In a dry run, how far it is known that this is what would happen; null where there is nothing to try, and in an import.</summary>
    public ImportVerification? Verified { get; init; }

    /// <summary>The UID of the object on the target, where it is there.</summary>
    public string? Uid { get; init; }

    /// <summary>What holds it back until it is resumed; null where it is not held, or was there already.</summary>
    public IReadOnlyList<HeldField>? Held { get; init; }

    /// <summary>Why it is held beyond being asked for, as that its data is not there: a release leaves it held until then; null where that is all.</summary>
    public string? HeldReason { get; init; }

    /// <summary>The Secrets and ConfigMaps that it needs and the target did not have when everything else had arrived: <c>Secret db</c>.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>How it was brought into the shape of the version that it was written in, where it was created or changed; null where that was not needed.</summary>
    public ClusterConfigConversion? Conversion { get; init; }

    /// <summary>
    /// The word after -AllowOutward that brings it, where it was left out since it acts on the world outside the cluster;
    /// null otherwise.
    /// </summary>
    public string? Outward { get; init; }

    /// <summary>What went wrong, when <see cref="Action"/> is Failed.</summary>
    public Failure? Failure { get; init; }
}

/// <summary>What an import did with an object.</summary>
public enum ClusterConfigChangeAction
{
    /// <summary>It was not there and was created.</summary>
    Created,

    /// <summary>It was there and was changed.</summary>
    Updated,

    /// <summary>It was there and holds every field that was imported.</summary>
    Unchanged,

    /// <summary>It was left alone, for the reason given.</summary>
    Skipped,

    /// <summary>It could not be written.</summary>
    Failed,
}
