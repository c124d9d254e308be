namespace KonUpgrade.Sandbox.Backup;

/// <summary>Something that can be protected; no more of it is simulated than its ARN.</summary>
/// <param name="Arn">Its ARN, which tells its type.</param>
public sealed record BackupResource(string Arn)
{
    /// <summary>How much there is to back up.</summary>
    public long Bytes { get; init; } = 1L << 30;

    /// <summary>For a bucket: its versioning is enabled, without which its backups fail.</summary>
    public bool IsVersioned { get; init; } = true;

    /// <summary>Its tags. The one called Name is the name that jobs have for it.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>For a bucket: the region that it is in; null for the sandbox's own. Its backups fail in any other.</summary>
    public string? Region { get; init; }

    /// <summary>For a database: its engine; null for MySQL, or Aurora's.</summary>
    public string? Engine { get; init; }

    /// <summary>For a database: its status.</summary>
    public string Status { get; init; } = "available";

    /// <summary>For a cluster of databases: the identifiers of its members, which are no resources of their own.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>The ARNs of what it is made of: its backup is a composite one, with a job for each.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>The type as the service calls it; null where it protects none such.</summary>
    public string? Type => Arn.Split(':', 6) is [_, _, var service, _, _, var rest]
        ? (service, rest.Split(':', '/')[0]) switch
        {
            ("s3", _) when !rest.Contains('/', StringComparison.Ordinal) => "S3",
            ("rds", "db") => "RDS",
            ("rds", "cluster") => "Aurora",
            ("elasticfilesystem", "file-system") => "EFS",
            ("ec2", "volume") => "EBS",
            ("ec2", "instance") => "EC2",
            ("eks", "cluster") => "EKS",
            ("dynamodb", "table") => "DynamoDB",
            ("fsx", "file-system") => "FSx",
            _ => null,
        }
        : null;

    internal string Title => Tags.GetValueOrDefault("Name") ?? Name;

    /// <summary>The last part of the ARN.</summary>
    public string Name => Arn[(Arn.LastIndexOfAny([':', '/']) + 1)..];
}
