namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>StartRestoreJob: PUT /restore-jobs.</summary>
public sealed record StartRestoreJobRequest
{
    /// <summary>What is restored.</summary>
    public required string RecoveryPointArn { get; init; }

    /// <summary>How, by the keys of the resource's type; lists and objects are JSON in texts.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>The role that the service assumes for it.</summary>
    public string? IamRoleArn { get; init; }

    /// <summary>What makes the call one and the same when it is sent again: it is answered with the job that it began, whatever became of it.</summary>
    public string IdempotencyToken { get; init; } = Guid.NewGuid().ToString();

    /// <summary>The type of the resource.</summary>
    public string? ResourceType { get; init; }

    /// <summary>Whether the resource's tags are put on what is made.</summary>
    public bool? CopySourceTagsToRestoredResource { get; init; }

    internal BackupCall Call() => new("StartRestoreJob", "restore")
    {
        Method = "PUT",
        Path = "/restore-jobs",
        Body = this,
        Subject = $"the recovery point '{RecoveryPointArn}'",
        Target = RecoveryPointArn,
        Thing = BackupThing.RecoveryPoint,
    };
}

/// <summary>What StartRestoreJob answers.</summary>
internal sealed record StartRestoreJobResponse
{
    public string RestoreJobId { get; init; } = "";
}
