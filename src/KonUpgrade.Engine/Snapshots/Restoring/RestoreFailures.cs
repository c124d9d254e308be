using System.Globalization;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots.Restoring;

/// <summary>What keeps snapshots from being brought back, and what to do about it.</summary>
internal static class RestoreFailures
{
    /// <summary>The id of the failure that the time to wait is over.</summary>
    public const string TimeoutId = "RestoreWaitTimeout";

    public static Failure NotSupported(string type, string resource) => new()
    {
        Id = "RestoreNotSupported",
        Kind = FailureKind.NotSupported,
        Message = $"A backup of {type} ('{resource}') is not restored here.",
        Recommendation = "Restore it with aws backup start-restore-job, or in the console.",
        Target = resource,
    };

    public static Failure NameMissing(string kind, string name) => new()
    {
        Id = "RestoreNameMissing",
        Kind = FailureKind.InvalidArgument,
        Message = $"What was '{name}' is restored into another {kind}, and none is said.",
        Recommendation = kind == "bucket" ? "Give -NewName a bucket that is there, or -InPlace to write into the old one." : $"Give -NewName a name that no {kind} has.",
        Target = name,
    };

    public static Failure NameTaken(string kind, string name, string why) => new()
    {
        Id = "RestoreNameTaken",
        Kind = FailureKind.Refused,
        Message = $"'{name}' is the {kind} that was backed up: {why}.",
        Recommendation = "Give -NewName another name.",
        Target = name,
    };

    public static Failure ShapeInvalid(string what, string remedy) => new() { Id = "RestoreShapeInvalid", Kind = FailureKind.InvalidArgument, Message = what, Recommendation = remedy };

    public static Failure NoRecoveryPoint(string what, string? why) => new()
    {
        Id = "RecoveryPointMissing",
        Kind = FailureKind.InvalidArgument,
        Message = $"There is nothing to restore of {what}: {why ?? "it has no recovery point"}.",
        Recommendation = "Give a snapshot that is Completed, or the ARN of a recovery point with its vault.",
        Target = what,
    };

    public static Failure NotWhole(string arn, string? status) => new()
    {
        Id = "RecoveryPointNotWhole",
        Kind = FailureKind.Incomplete,
        Message = $"The recovery point '{arn}' is {status}: what is restored of it is not all that was there.",
        Recommendation = "Restore a whole one, or give -AllowPartial.",
        Target = arn,
    };

    public static Failure TimedOut(StateRestore restore, TimeSpan passed, string? hindered) => new()
    {
        Id = TimeoutId,
        Kind = FailureKind.Timeout,
        Message = string.Create(CultureInfo.InvariantCulture, $"The restore of '{restore.RecoveryPointArn}' (job {restore.RestoreJobId}) has not ended after {(int)passed.TotalSeconds} s: it is {restore.State ?? restore.Status.ToString()}.{(hindered is null ? "" : $" It could not be looked at last: {hindered}")}"),
        Recommendation = "It goes on in AWS Backup: run the same command again, which finds it, or wait longer.",
        Target = restore.RecoveryPointArn,
    };

    /// <summary>What went wrong with a job that has ended; null where nothing did.</summary>
    public static Failure? Of(StateRestore ended)
    {
        var said = ended.StatusMessage is { Length: > 0 } words ? $" AWS Backup says: {words.TrimEnd('.', ' ')}." : "";
        return ended.Status switch
        {
            StateRestoreStatus.Failed => New("RestoreFailed", "failed", Remedy(ended)),
            StateRestoreStatus.Aborted => New("RestoreAborted", "was stopped", "Find out who stopped it, and run the command again."),
            _ => null,
        };

        Failure New(string id, string what, string remedy) => new()
        {
            Id = id,
            Kind = FailureKind.Incomplete,
            Message = $"The restore of '{ended.RecoveryPointArn}' (job {ended.RestoreJobId}) {what}.{said}",
            Recommendation = remedy,
            Target = ended.RecoveryPointArn,
        };
    }

    private static string Remedy(StateRestore ended)
    {
        var words = ended.StatusMessage ?? "";
        if (Says("already"))
            return "Give -NewName a name that nobody has.";
        if (Says("permission") || Says("denied") || Says("authorized") || Says("assume"))
        {
            var policy = ended.ResourceType == "S3" ? "AWSBackupServiceRolePolicyForS3Restore" : "AWSBackupServiceRolePolicyForRestores";
            return $"Look at the role {ended.IamRoleArn}: backup.amazonaws.com may assume it, and it has the policy {policy}.";
        }

        return "Mend what the service says, and run the command again: a failed job is not answered again, a new one is begun.";

        bool Says(string word) => words.Contains(word, StringComparison.OrdinalIgnoreCase);
    }
}
