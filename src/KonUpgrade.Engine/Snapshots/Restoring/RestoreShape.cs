namespace KonUpgrade.Engine.Snapshots.Restoring;

/// <summary>What a restore is to lead to. What is null is as it was when it was backed up, or the service's own.</summary>
public sealed record RestoreShape
{
    /// <summary>The name of what is made: of a database or its cluster, or the bucket that is written into.</summary>
    public string? NewName { get; init; }

    /// <summary>Whether the data goes into what it was taken of: a file system or a bucket.</summary>
    public bool InPlace { get; init; }

    /// <summary>Only these paths of a file system, or keys of a bucket: five at most.</summary>
    public IReadOnlyList<string> Items { get; init; } = [];

    /// <summary>The key that what is made is encrypted with.</summary>
    public string? KmsKeyId { get; init; }

    /// <summary>The class of a database's instance: <c>db.m6g.large</c>.</summary>
    public string? InstanceClass { get; init; }

    /// <summary>The group of subnets of a database.</summary>
    public string? SubnetGroup { get; init; }

    /// <summary>The security groups of a database.</summary>
    public IReadOnlyList<string> SecurityGroupIds { get; init; } = [];

    /// <summary>Whether a database has a standby in another zone.</summary>
    public bool? MultiAz { get; init; }

    /// <summary>Whether a database is reached from everywhere.</summary>
    public bool? PubliclyAccessible { get; init; }

    /// <summary>The zone of a volume, which a node that mounts it must be in.</summary>
    public string? AvailabilityZone { get; init; }

    /// <summary>The type of a volume: <c>gp3</c>.</summary>
    public string? VolumeType { get; init; }
}
