namespace KonUpgrade.Model;

/// <summary>How an object was brought into the shape of another version.</summary>
public sealed record ClusterConfigConversion
{
    /// <summary>The group and version that it was in.</summary>
    public required string From { get; init; }

    /// <summary>The group and version that it is in now; the same where only its content had to change.</summary>
    public required string To { get; init; }

    /// <summary>What was changed that is more than another place for the same thing, a sentence each.</summary>
    public IReadOnlyList<string> Note { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => From == To ? From : $"{From} → {To}";
}
