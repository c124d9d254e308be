namespace KonUpgrade.Engine.Snapshots.Restoring;

/// <summary>What is restored, and how.</summary>
public sealed record RestoreRequest
{
    /// <summary>The name of the restore. A second run with the same name and wishes finds what the first one began.</summary>
    public string Name { get; init; } = "restore";

    /// <summary>What is restored.</summary>
    public required string RecoveryPointArn { get; init; }

    /// <summary>The vault that it is in.</summary>
    public required string BackupVaultName { get; init; }

    /// <summary>The ARN of the role that the service assumes.</summary>
    public required string IamRoleArn { get; init; }

    /// <summary>What it is to lead to.</summary>
    public RestoreShape Shape { get; init; } = new();

    /// <summary>Whether one that is not whole is restored, too.</summary>
    public bool AllowPartial { get; init; }
}
