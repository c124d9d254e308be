namespace KonUpgrade.Engine.Snapshots.Checking;

/// <summary>What a role needs to back each type of resource up: the actions without which none of its backups can be made.</summary>
internal static class BackupRights
{
    /// <summary>The policy of AWS with all that backups need, but for those of buckets.</summary>
    public const string Policy = "service-role/AWSBackupServiceRolePolicyForBackup";

    /// <summary>The policy of AWS with all that backups of buckets need.</summary>
    public const string BucketPolicy = "AWSBackupServiceRolePolicyForS3Backup";

    private const string AllPolicy = "AdministratorAccess";

    /// <summary>The policy of AWS that gives the rights for a type.</summary>
    public static string PolicyFor(string type) => type == "S3" ? BucketPolicy : Policy;

    /// <summary>Whether a policy of AWS' own gives all rights for a type.</summary>
    /// <param name="policyArn">The policy's ARN.</param>
    /// <param name="type">The type.</param>
    public static bool Gives(string policyArn, string type) =>
        policyArn.Split(':', 6) is [_, _, "iam", "", "aws", var rest] && rest.StartsWith("policy/", StringComparison.Ordinal) && (rest["policy/".Length..] == PolicyFor(type) || rest["policy/".Length..] == AllPolicy);

    /// <summary>The actions that count for a resource, each with what it is done to; none for a type that is not known so well.</summary>
    public static IReadOnlyList<(string Action, string Resource)> Of(ResourceArn arn) => arn.Type switch
    {
        "S3" => [("s3:GetBucketVersioning", arn.Text), ("s3:ListBucketVersions", arn.Text), ("s3:GetObjectVersion", $"{arn.Text}/key")],
        "RDS" when arn.Text.Contains(":db:", StringComparison.Ordinal) => [("rds:CreateDBSnapshot", arn.Text)],
        "RDS" or "Aurora" or "DocumentDB" or "Neptune" => [("rds:CreateDBClusterSnapshot", arn.Text)],
        "EFS" => [("elasticfilesystem:Backup", arn.Text)],
        "EBS" => [("ec2:CreateSnapshot", arn.Text)],
        "EC2" => [("ec2:CreateImage", arn.Text)],
        "FSx" => [("fsx:CreateBackup", arn.Text)],
        _ => [],
    };
}
