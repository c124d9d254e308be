using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots.Checking;

/// <summary>What is wrong with a role or a bucket before anything is begun, and what to do about it.</summary>
internal static class CheckFailures
{
    public static Failure RoleArnInvalid(string text) => new()
    {
        Id = "BackupRoleInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{text}' is no ARN of a role.",
        Recommendation = "Write it whole: arn:aws:iam::ACCOUNT:role/NAME, with its path where it has one (role/service-role/NAME).",
        Target = text,
    };

    public static Failure RoleOfOtherAccount(string arn, string account, string own) => new()
    {
        Id = "BackupRoleInOtherAccount",
        Kind = FailureKind.InvalidArgument,
        Message = $"The role '{arn}' is of the account {account}, and the backups are made in {own}: AWS Backup assumes only roles of its own account.",
        Recommendation = $"Name a role of the account {own}, or use credentials of {account}.",
        Target = arn,
    };

    public static Failure RoleMissing(string arn, string name, string account) => new()
    {
        Id = "BackupRoleNotFound",
        Kind = FailureKind.NotFound,
        Message = $"There is no role '{name}' in the account {account}.",
        Recommendation = "Name one that is there; the first backup in the console makes service-role/AWSBackupDefaultServiceRole.",
        Target = arn,
    };

    public static Failure RolePathWrong(string arn, string real) => new()
    {
        Id = "BackupRoleInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = $"There is no role '{arn}': the one of that name is '{real}'.",
        Recommendation = $"Give -IamRoleArn {real}",
        Target = arn,
    };

    public static Failure RoleNotAssumable(string arn, string name, string service) => new()
    {
        Id = "BackupRoleNotAssumable",
        Kind = FailureKind.Refused,
        Message = $"The role '{arn}' does not let AWS Backup assume it: its trust policy allows sts:AssumeRole to {service} in no statement, or denies it.",
        Recommendation = $"Add to the role's trust policy (aws iam update-assume-role-policy --role-name {name}) the statement {{\"Effect\":\"Allow\",\"Principal\":{{\"Service\":\"{service}\"}},\"Action\":\"sts:AssumeRole\"}}, or name another role.",
        Target = arn,
    };

    public static Failure RightMissing(ResourceArn arn, string roleArn, string roleName, string partition, string action, bool isDenied) => new()
    {
        Id = "BackupRoleNotPermitted",
        Kind = FailureKind.PermissionDenied,
        Message = $"'{arn.Text}' would not be backed up: {(isDenied ? "a policy denies the role" : "no policy of the role")} '{roleArn}' {(isDenied ? $"{action} on it" : $"allows {action} on it")}.",
        Recommendation = $"aws iam attach-role-policy --role-name {roleName} --policy-arn arn:{partition}:iam::aws:policy/{BackupRights.PolicyFor(arn.Type)}{(isDenied ? ", and take the statement away that denies it" : "")}; where the resource's own policy gives the right, give -SkipRoleCheck.",
        Target = arn.Text,
    };

    public static Failure BucketInOtherRegion(ResourceArn arn, string real, string region) => new()
    {
        Id = "ResourceInOtherRegion",
        Kind = FailureKind.InvalidArgument,
        Message = $"The bucket '{arn.Name}' is in {real}, and AWS Backup is asked in {region}: it backs up what is in its own region.",
        Recommendation = $"Give -Region {real}, with a vault of that region.",
        Target = arn.Text,
    };

    public static Failure NotVersioned(ResourceArn arn, string? status) => new()
    {
        Id = "BucketNotVersioned",
        Kind = FailureKind.Refused,
        Message = $"The bucket '{arn.Name}' would not be backed up: its versioning is {(status is null ? "not enabled" : status.ToLowerInvariant())}.",
        Recommendation = $"aws s3api put-bucket-versioning --bucket {arn.Name} --versioning-configuration Status=Enabled (old versions are kept, and paid for, until a lifecycle rule deletes them)",
        Target = arn.Text,
    };
}
