namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>StartBackupJob: PUT /backup-jobs.</summary>
public sealed record StartBackupJobRequest
{
    /// <summary>The vault's name.</summary>
    public required string BackupVaultName { get; init; }

    /// <summary>The ARN of what is backed up.</summary>
    public required string ResourceArn { get; init; }

    /// <summary>The role that the service assumes for it.</summary>
    public required string IamRoleArn { get; init; }

    /// <summary>What makes the call one and the same when it is sent again: it is answered with the job that it began, whatever became of it.</summary>
    public string IdempotencyToken { get; init; } = Guid.NewGuid().ToString();

    /// <summary>Within how many minutes it must begin: at least 60, 8 hours unless said.</summary>
    public long? StartWindowMinutes { get; init; }

    /// <summary>Within how many minutes of being asked for it must end; at least an hour more than the start window.</summary>
    public long? CompleteWindowMinutes { get; init; }

    /// <summary>How long what it makes is kept; for ever unless said.</summary>
    public Lifecycle? Lifecycle { get; init; }

    /// <summary>The tags of what it makes.</summary>
    public IReadOnlyDictionary<string, string>? RecoveryPointTags { get; init; }

    internal BackupCall Call() => new("StartBackupJob", "back up")
    {
        Method = "PUT",
        Path = "/backup-jobs",
        Body = this,
        Subject = $"'{ResourceArn}' to the vault '{BackupVaultName}'",
        Target = ResourceArn,
        Thing = BackupThing.Resource,
    };
}

/// <summary>What StartBackupJob answers.</summary>
public sealed record StartBackupJobResponse
{
    /// <summary>The job's id.</summary>
    public string BackupJobId { get; init; } = "";

    /// <summary>The ARN of what it will make; for EFS and some DynamoDB tables alone, else DescribeBackupJob says it.</summary>
    public string? RecoveryPointArn { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset? CreationDate { get; init; }

    /// <summary>Whether it has parts.</summary>
    public bool? IsParent { get; init; }
}
