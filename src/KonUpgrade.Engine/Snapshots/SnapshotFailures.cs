using System.Globalization;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>What keeps snapshots from being made, and what to do about it.</summary>
internal static class SnapshotFailures
{
    /// <summary>The id of the failure that the time to wait is over.</summary>
    public const string TimeoutId = "SnapshotWaitTimeout";

    /// <summary>The id of the failure that a vault takes no backups.</summary>
    public const string VaultNotUsableId = "BackupVaultNotUsable";

    /// <summary>The id of the failure that a vault's lock does not let go what is asked for.</summary>
    public const string VaultLockedId = "BackupVaultLocked";

    private const int MostNamed = 5;

    public static Failure ArnInvalid(string text) => new()
    {
        Id = "ResourceArnInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{text}' is no ARN of a resource.",
        Recommendation = "Write it whole, such as arn:aws:rds:REGION:ACCOUNT:db:NAME, arn:aws:elasticfilesystem:REGION:ACCOUNT:file-system/ID or arn:aws:s3:::BUCKET.",
        Target = text,
    };

    public static Failure TypeNotSupported(string text) => new()
    {
        Id = "ResourceTypeNotSupported",
        Kind = FailureKind.NotSupported,
        Message = $"'{text}' is nothing that is backed up here.",
        Recommendation = "Give the ARN of a bucket, an RDS instance, an Aurora cluster, an EFS or FSx file system, an EBS volume, an EC2 instance, a DynamoDB table or an EKS cluster; not of a part of one.",
        Target = text,
    };

    public static Failure OtherRegion(ResourceArn arn, string region) => new()
    {
        Id = "ResourceInOtherRegion",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{arn.Text}' is in {arn.Region}, and AWS Backup is asked in {region}: it backs up what is in its own region.",
        Recommendation = $"Give -Region {arn.Region}, with a vault of that region.",
        Target = arn.Text,
    };

    public static Failure OtherAccount(ResourceArn arn, string account) => new()
    {
        Id = "ResourceInOtherAccount",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{arn.Text}' belongs to the account {arn.AccountId}, and the vault to {account}.",
        Recommendation = $"Use credentials of the account {arn.AccountId}, and a vault there.",
        Target = arn.Text,
    };

    public static Failure NotOptedIn(ResourceArn arn, string region) => new()
    {
        Id = "ResourceTypeNotOptedIn",
        Kind = FailureKind.NotSupported,
        Message = $"'{arn.Text}' would not be backed up: AWS Backup is switched off for {arn.Type} in {region}.",
        Recommendation = $"Switch it on: aws backup update-region-settings --region {region} --resource-type-opt-in-preference {arn.Type}=true",
        Target = arn.Text,
    };

    public static Failure VaultNameInvalid(string name) => new()
    {
        Id = "BackupVaultNameInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{name}' can be no vault's name.",
        Recommendation = "A vault's name has 2 to 50 letters, digits, hyphens and underscores.",
        Target = name,
    };

    public static Failure VaultMissing(string name, string region, IReadOnlyList<string> known) => new()
    {
        Id = "BackupVaultNotFound",
        Kind = FailureKind.NotFound,
        Message = $"There is no vault '{name}' in {region}.{(known.Count > 0 ? $" There are: {string.Join(", ", known)}." : "")}",
        Recommendation = "Give -CreateVault to have it made, or name one that is there; look whether region and account are the right ones.",
        Target = name,
    };

    public static Failure VaultNotUsable(string name, string why) => new()
    {
        Id = VaultNotUsableId,
        Kind = FailureKind.Refused,
        Message = $"The vault '{name}' takes no backups: {why}.",
        Recommendation = "Name another vault.",
        Target = name,
    };

    public static Failure VaultLocked(BackupVault vault, long? days) => new()
    {
        Id = VaultLockedId,
        Kind = FailureKind.Refused,
        Message = $"The vault '{vault.BackupVaultName}' is locked, and keeps only what is kept {Days(vault.MinRetentionDays, vault.MaxRetentionDays)}; what was asked for is to be kept {(days is { } asked ? Text($"{asked} days") : "for ever")}. Each job would fail.",
        Recommendation = "Give -DeleteAfterDays a number that the lock allows, or name a vault without such a lock.",
        Target = vault.BackupVaultName,
    };

    public static Failure WindowInvalid(string what) => new()
    {
        Id = "SnapshotWindowInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = what,
        Recommendation = "The start window is an hour at least, and the completion window an hour more than it; both count from when the backup was asked for.",
    };

    public static Failure TooManyAttempts(string name, string arn, int attempts) => new()
    {
        Id = "SnapshotAttemptsExhausted",
        Kind = FailureKind.LimitsExceeded,
        Message = Text($"'{arn}' was tried to be backed up {attempts} times under the name '{name}', and each job ended badly."),
        Recommendation = "Look at the jobs (Get-StateSnapshot), mend what they say, and choose another name.",
        Target = arn,
    };

    public static Failure NotBegun(StateSnapshot snapshot) => new()
    {
        Id = "SnapshotNotBegun",
        Kind = FailureKind.Incomplete,
        Message = $"'{snapshot.ResourceArn}' is not being backed up: no job was begun.{(snapshot.StatusMessage is { Length: > 0 } why ? $" {why}" : "")}",
        Recommendation = "Mend what kept it from being begun, and run New-StateSnapshot again.",
        Target = snapshot.ResourceArn,
    };

    public static Failure TimedOut(StateSnapshot snapshot, TimeSpan passed, string? hindered) => new()
    {
        Id = TimeoutId,
        Kind = FailureKind.Timeout,
        Message = $"The backup of '{snapshot.ResourceArn}' has not ended after {Span(passed)}: it is {Standing(snapshot)}.{(hindered is null ? "" : $" It could not be looked at last: {hindered}")}",
        Recommendation = snapshot.Status == StateSnapshotStatus.Created
            ? "It goes on in AWS Backup, which begins it when the resource lets it (another backup, a maintenance window): wait again with Wait-StateSnapshot, or longer."
            : "It goes on in AWS Backup: wait again with Wait-StateSnapshot, or longer.",
        Target = snapshot.ResourceArn,
    };

    /// <summary>What went wrong with a job that has ended; null where nothing did.</summary>
    public static Failure? Of(StateSnapshot ended)
    {
        var said = ended.StatusMessage is { Length: > 0 } words ? $" AWS Backup says{(ended.MessageCategory is { Length: > 0 } category ? $" ({category})" : "")}: {words.TrimEnd('.', ' ')}." : "";
        var what = $"The backup of '{ended.ResourceArn}' (job {ended.BackupJobId})";
        return ended.Status switch
        {
            StateSnapshotStatus.Failed => New("SnapshotFailed", FailureKind.Incomplete, $"{what} failed.{said}", Remedy(ended)),
            StateSnapshotStatus.Aborted => New("SnapshotAborted", FailureKind.Incomplete, $"{what} was stopped.{said}", "Find out who stopped it (CloudTrail: StopBackupJob), and run the command again."),
            StateSnapshotStatus.Expired => New(
                "SnapshotExpired", FailureKind.Timeout, $"{what} expired: it did not begin{(ended.StartBy is { } by ? $" before {by.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)}" : " in its start window")}, or did not end in its completion window.{said}",
                "Look what kept the resource busy (another backup, its own backup or maintenance window), or give a longer -StartWindow and -CompleteWindow; then run the command again."),
            StateSnapshotStatus.Partial => New(
                "SnapshotPartial", FailureKind.Incomplete,
                $"{what} is partial.{said}{(ended.Parts.Any(part => !part.Complete) ? $" Not backed up: {string.Join("; ", ended.Parts.Where(part => !part.Complete).Take(MostNamed).Select(part => $"{part.ResourceArn} ({part.Status}{(part.StatusMessage is { } why ? $": {why.TrimEnd('.', ' ')}" : "")})"))}." : "")}",
                "Mend what the parts say, and run the command again: a partial backup is not taken for a whole one."),
            StateSnapshotStatus.CompletedWithIssues => New(
                "SnapshotHasIssues", FailureKind.Incomplete, $"{what} is done, but not wholly.{said}",
                "Look at what was left out (for a bucket: objects that the role may not read, or that changed meanwhile), mend it, and run the command again."),
            _ => null,
        };

        Failure New(string id, FailureKind kind, string message, string remedy) => new() { Id = id, Kind = kind, Message = message, Recommendation = remedy, Target = ended.ResourceArn };
    }

    private static string Remedy(StateSnapshot ended)
    {
        var words = $"{ended.MessageCategory} {ended.StatusMessage}";
        if (Says("versioning"))
            return $"Enable the bucket's versioning: aws s3api put-bucket-versioning --bucket {ended.ResourceName} --versioning-configuration Status=Enabled; then run the command again.";
        if (Says("retention") || Says("locked"))
            return "Give -DeleteAfterDays a number that the vault's lock allows, or name another vault; then run the command again.";
        if (Says("accessdenied") || Says("access denied") || Says("permission") || Says("privilege") || Says("not authorized") || Says("assume"))
        {
            var policy = ended.ResourceType == "S3" ? "AWSBackupServiceRolePolicyForS3Backup" : "AWSBackupServiceRolePolicyForBackup";
            return $"Look at the role {ended.IamRoleArn}: backup.amazonaws.com may assume it, it has the policy {policy}, and the resource's key and the vault's policy let it; then run the command again.";
        }

        if (Says("not in available") || Says("not available") || Says("state"))
            return "Wait until the resource is available, and run the command again.";
        return "Mend what the service says, and run the command again: a failed job is not answered again, a new one is begun.";

        bool Says(string word) => words.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    private static string Standing(StateSnapshot snapshot) => snapshot.PercentDone is { } percent && snapshot.Status == StateSnapshotStatus.Running
        ? Text($"{snapshot.Status}, {percent:0.#} %")
        : snapshot.Status == StateSnapshotStatus.Unknown && snapshot.State is { } state ? state : snapshot.Status.ToString();

    private static string Days(long? min, long? max) => (min, max) switch
    {
        ({ } from, { } to) => Text($"{from} to {to} days"),
        ({ } from, null) => Text($"{from} days at least"),
        (null, { } to) => Text($"{to} days at most"),
        _ => "as its lock says",
    };

    private static string Span(TimeSpan time) => time.TotalMinutes >= 1 ? Text($"{(int)time.TotalMinutes} min") : Text($"{(int)time.TotalSeconds} s");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
