using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>The ARN of something that AWS Backup can protect, taken apart.</summary>
/// <param name="Text">The whole.</param>
/// <param name="Region">Its region; empty for a bucket.</param>
/// <param name="AccountId">Its account; empty for a bucket.</param>
/// <param name="Type">Its type, as AWS Backup calls it: <c>EFS</c>.</param>
/// <param name="Name">Its name: the last part.</param>
internal sealed record ResourceArn(string Text, string Region, string AccountId, string Type, string Name)
{
    private static readonly Dictionary<(string Service, string Kind), string> s_types = new()
    {
        [("rds", "db")] = "RDS",
        [("rds", "cluster")] = "Aurora",
        [("elasticfilesystem", "file-system")] = "EFS",
        [("ec2", "volume")] = "EBS",
        [("ec2", "instance")] = "EC2",
        [("eks", "cluster")] = "EKS",
        [("dynamodb", "table")] = "DynamoDB",
        [("fsx", "file-system")] = "FSx",
    };

    /// <summary>Reads an ARN.</summary>
    /// <param name="text">The ARN.</param>
    /// <param name="knownType">The type, where it is known better than the ARN tells: a cluster of RDS is of Aurora, or of one of several others.</param>
    /// <exception cref="UpgradeException">ResourceArnInvalid, ResourceTypeNotSupported.</exception>
    public static ResourceArn Read(string text, string? knownType = null)
    {
        if (text.Trim().Split(':', 6) is not ["arn", { Length: > 0 } partition, { Length: > 0 } service, var region, var account, { Length: > 0 } rest])
            throw new UpgradeException(SnapshotFailures.ArnInvalid(text));
        var cut = rest.IndexOfAny([':', '/']);
        var (kind, name) = cut < 0 ? ("", rest) : (rest[..cut], rest[(cut + 1)..]);
        var whole = $"arn:{partition}:{service}:{region}:{account}:{rest}";
        // A bucket has no kind; with one it would be an object in it, or an access point.
        if (service == "s3" && cut < 0)
            return new ResourceArn(whole, region, account, "S3", name);
        if (!s_types.TryGetValue((service, kind), out var type) || name.Length == 0)
            throw new UpgradeException(SnapshotFailures.TypeNotSupported(text));
        return region.Length > 0 && account.Length > 0 ? new ResourceArn(whole, region, account, knownType ?? type, name) : throw new UpgradeException(SnapshotFailures.ArnInvalid(text));
    }
}
