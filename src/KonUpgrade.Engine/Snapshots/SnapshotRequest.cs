namespace KonUpgrade.Engine.Snapshots;

/// <summary>What is backed up, where to, and how.</summary>
public sealed record SnapshotRequest
{
    /// <summary>The name of the snapshot. A second run with the same name finds what the first one began.</summary>
    public required string Name { get; init; }

    /// <summary>The vault's name.</summary>
    public required string BackupVaultName { get; init; }

    /// <summary>The ARN of the role that the service assumes.</summary>
    public required string IamRoleArn { get; init; }

    /// <summary>After how many days the backups are deleted; null for never.</summary>
    public long? DeleteAfterDays { get; init; }

    /// <summary>Within which time a job must begin: an hour at least; null for the service's 8 hours.</summary>
    public TimeSpan? StartWindow { get; init; }

    /// <summary>Within which time of being asked for a job must end: an hour more than the start window at least; null for the service's own.</summary>
    public TimeSpan? CompleteWindow { get; init; }

    /// <summary>The tags of what is made, beside our own.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>How long, and how often, snapshots are waited for.</summary>
public sealed record SnapshotWaitOptions
{
    /// <summary>How long between two looks; null for 15 s.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long altogether; null for a day. The service itself ends jobs that begin or end too late.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The activity that the waiting is a part of, for progress; or null.</summary>
    public string? ParentActivity { get; init; }
}
