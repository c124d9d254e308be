namespace KonUpgrade.Engine.Readiness.Upgrading;

/// <summary>How snapshots of what is kept outside the cluster are to be made, as far as somebody has said it.</summary>
public sealed record SnapshotIntent
{
    /// <summary>The ARN of the role that AWS Backup is to assume; null where none is named.</summary>
    public string? IamRoleArn { get; init; }

    /// <summary>The vault; null for the one that every region has.</summary>
    public string? BackupVaultName { get; init; }

    /// <summary>Databases of RDS and Aurora beside the stores of the cluster's volumes: identifiers, endpoints or ARNs.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];

    /// <summary>Buckets beside them, by name.</summary>
    public IReadOnlyList<string> Buckets { get; init; } = [];

    /// <summary>Whether anything is said: then snapshots are counted on.</summary>
    public bool IsSaid => IamRoleArn is not null || BackupVaultName is not null || Databases.Count > 0 || Buckets.Count > 0;
}
