using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>A store that is to be backed up, as it was named or found.</summary>
/// <param name="ResourceArn">Its ARN; or what it was named by, where that leads to none.</param>
public sealed record SnapshotStore(string ResourceArn)
{
    /// <summary>What people call it (a tag, a claim); null where that is not known.</summary>
    public string? Name { get; init; }

    /// <summary>Its type, as AWS Backup calls it, where the ARN does not tell; else null.</summary>
    public string? Type { get; init; }

    /// <summary>The volumes of a cluster that it serves.</summary>
    public IReadOnlyList<StateVolume> Volumes { get; init; } = [];

    /// <summary>What is known to keep it from being backed up; null for nothing.</summary>
    public Failure? Failure { get; init; }
}
