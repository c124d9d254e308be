namespace KonUpgrade.Sandbox.Backup;

/// <summary>The simulated AWS Backup of the region. All times are times of its own clock.</summary>
public sealed record BackupSettings
{
    /// <summary>Seconds of its clock in one real second; 0: it stands still until it is moved.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>What there is to protect. Null: for each cluster a bucket, a database, a file system and a volume, and the cluster itself.</summary>
    public IReadOnlyList<BackupResource>? Resources { get; init; }

    /// <summary>The names of the roles that the service may assume.</summary>
    public IReadOnlyList<string> Roles { get; init; } = ["AWSBackupDefaultServiceRole"];

    /// <summary>The names of vaults that are there from the beginning.</summary>
    public IReadOnlyList<string> Vaults { get; init; } = ["Default"];

    /// <summary>
    /// The service answers calls about a vault that is not there as if they were not allowed, and never with the
    /// ResourceNotFoundException of its model. False: it answers as its model says.
    /// </summary>
    public bool DenyMissingVaults { get; init; } = true;

    /// <summary>From the request until a job is PENDING.</summary>
    public TimeSpan PendingAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the request until a job is RUNNING.</summary>
    public TimeSpan RunningAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a job runs at least.</summary>
    public TimeSpan RunsAtLeast { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How fast a job runs.</summary>
    public long BytesPerSecond { get; init; } = 64L << 20;

    /// <summary>From the request to stop a job until it is ABORTED.</summary>
    public TimeSpan AbortAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many jobs are listed at once, at most.</summary>
    public int MostInAPage { get; init; } = 1000;
}
