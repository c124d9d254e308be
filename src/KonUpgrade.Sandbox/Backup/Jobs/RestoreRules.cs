using KonUpgrade.Sandbox.Backup.Vaults;

namespace KonUpgrade.Sandbox.Backup.Jobs;

/// <summary>What restores of each type begin with, need, and make.</summary>
internal static class RestoreRules
{
    /// <summary>How a resource was when it was backed up.</summary>
    public static SortedDictionary<string, string> Metadata(RecoveryPoint point)
    {
        string name = point.Resource.Name;
        return new(StringComparer.Ordinal)
        {
            [point.Resource.Type switch { "EFS" => "file-system-id", "RDS" => "DBInstanceIdentifier", "Aurora" => "DBClusterIdentifier", "S3" => "bucketName", "EBS" => "volumeId", "EKS" => "clusterName", _ => "resourceId" }] = name,
            ["Encrypted"] = "true",
        };
    }

    /// <summary>The first key that a restore of its type needs and does not have; null for none.</summary>
    public static string? Missing(RecoveryPoint point, SortedDictionary<string, string> metadata)
    {
        string[] needed = point.Resource.Type switch
        {
            "EFS" => ["file-system-id", "newFileSystem", "Encrypted"],
            "RDS" => ["DBInstanceIdentifier"],
            "Aurora" => ["DBClusterIdentifier", "Engine"],
            "S3" => ["DestinationBucketName"],
            "EBS" => ["availabilityZone"],
            "EKS" => ["clusterName"],
            _ => [],
        };
        return needed.FirstOrDefault(key => !metadata.Keys.Contains(key, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>What keeps a restore from being made; null for nothing.</summary>
    public static string? Obstacle(BackupRegion region, RestoreJob job) => job.Point.Resource.Type switch
    {
        "RDS" when region.Find(region.Arn("rds", $"db:{Value(job, "DBInstanceIdentifier")}")) is not null => $"DB instance already exists: {Value(job, "DBInstanceIdentifier")}",
        "Aurora" when region.Find(region.Arn("rds", $"cluster:{Value(job, "DBClusterIdentifier")}")) is not null => $"DB cluster already exists: {Value(job, "DBClusterIdentifier")}",
        "S3" when !IsTrue(job, "NewBucket") && region.Find($"arn:aws:s3:::{Value(job, "DestinationBucketName")}") is null => $"The specified bucket does not exist: {Value(job, "DestinationBucketName")}",
        "EFS" when !IsTrue(job, "newFileSystem") && region.Find(region.Arn("elasticfilesystem", $"file-system/{Value(job, "file-system-id")}")) is null => $"File system does not exist: {Value(job, "file-system-id")}",
        _ => null,
    };

    /// <summary>Makes what a restore leads to; gives its ARN.</summary>
    public static string Create(BackupRegion region, RestoreJob job)
    {
        string arn = job.Point.Resource.Type switch
        {
            "RDS" => region.Arn("rds", $"db:{Value(job, "DBInstanceIdentifier")}"),
            "Aurora" => region.Arn("rds", $"cluster:{Value(job, "DBClusterIdentifier")}"),
            "S3" => $"arn:aws:s3:::{Value(job, "DestinationBucketName")}",
            "EFS" => region.Arn("elasticfilesystem", $"file-system/{(IsTrue(job, "newFileSystem") ? $"fs-0{region.Hash(job.Id)[..16]}" : Value(job, "file-system-id"))}"),
            "EBS" => region.Arn("ec2", $"volume/vol-0{region.Hash(job.Id)[..16]}"),
            "EKS" => region.Arn("eks", $"cluster/{Value(job, "clusterName")}"),
            _ => job.Point.Resource.Arn,
        };
        if (region.Find(arn) is null) region.Add(job.Point.Resource with { Arn = arn, Parts = [], Members = [] });
        return arn;
    }

    private static string? Value(RestoreJob job, string key) => job.Metadata.FirstOrDefault(pair => string.Equals(pair.Key, key, StringComparison.OrdinalIgnoreCase)).Value;

    private static bool IsTrue(RestoreJob job, string key) => string.Equals(Value(job, key), "true", StringComparison.OrdinalIgnoreCase);
}
