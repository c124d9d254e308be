using Amazon.Runtime;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>What the errors of AWS Backup mean, and what to do about them: the one place that knows the service's codes.</summary>
internal static class BackupFailures
{
    /// <summary>The exception of a call that failed.</summary>
    /// <param name="e">What the SDK threw.</param>
    /// <param name="call">The call.</param>
    /// <param name="region">The region that was asked.</param>
    public static BackupException Of(Exception e, BackupCall call, string region)
    {
        var about = new AwsCall($"AWS Backup in {region} did not {call.What} {call.Subject}", $"backup:{call.Operation}", call.Target);
        var code = (e as AmazonServiceException)?.ErrorCode;
        var failure = Own(code, e.Message, call) is var (id, kind, remedy)
            ? new Failure { Id = id, Kind = kind, Message = AwsFailures.Sentence(about, e), Recommendation = remedy, Target = call.Target }
            : AwsFailures.Of(e, about);
        if (failure.Id == "AwsAccessDenied" && call.Thing is BackupThing.Vault or BackupThing.RecoveryPoint)
            failure = failure with { Recommendation = $"{failure.Recommendation} The service says the same where there is no such vault in this region and account." };
        return code switch
        {
            "ResourceNotFoundException" => new ResourceNotFoundException(failure, e),
            "AlreadyExistsException" => new AlreadyExistsException(failure, e),
            "InvalidParameterValueException" => new InvalidParameterValueException(failure, e),
            "MissingParameterValueException" => new MissingParameterValueException(failure, e),
            "InvalidRequestException" => new InvalidRequestException(failure, e),
            "LimitExceededException" => new LimitExceededException(failure, e),
            _ when failure.Id == "AwsAccessDenied" => new AccessDeniedException(failure, e),
            _ when failure.Id == "AwsThrottled" => new ThrottlingException(failure, e),
            _ => new BackupException(failure, e),
        };
    }

    private static (string Id, FailureKind Kind, string Remedy)? Own(string? code, string message, BackupCall call) => code switch
    {
        "ResourceNotFoundException" => Missing(message, call),
        "AlreadyExistsException" => ("BackupVaultExists", FailureKind.AlreadyExists, "Go on with the vault that is there, or choose another name."),
        "InvalidParameterValueException" or "MissingParameterValueException" => Parameter(message),
        "InvalidRequestException" => ("BackupInvalidRequest", FailureKind.InvalidData, "Look at what the service says: the state of the resource, or its type, does not allow it."),
        "InvalidResourceStateException" => ("BackupInvalidState", FailureKind.Conflict, "Wait until what runs on it has ended, then run it again."),
        "LimitExceededException" => ("BackupLimitExceeded", FailureKind.LimitsExceeded, "Wait until other jobs have ended, delete what is not needed, or have the quota raised (Service Quotas)."),
        "ConflictException" => ("BackupConflict", FailureKind.Conflict, "Wait until the other change has ended, then run it again."),
        "DependencyFailureException" => ("BackupDependencyFailure", FailureKind.Unavailable, "A service that AWS Backup needs does not answer it now: run it again later."),
        _ => null,
    };

    private static (string, FailureKind, string) Missing(string message, BackupCall call) => call.Thing switch
    {
        BackupThing.BackupJob => ("BackupJobNotFound", FailureKind.NotFound, "Look at the job's id, the region and the account; jobs are kept for 30 days."),
        BackupThing.RestoreJob => ("RestoreJobNotFound", FailureKind.NotFound, "Look at the job's id, the region and the account; jobs are kept for 30 days."),
        BackupThing.RecoveryPoint => ("RecoveryPointNotFound", FailureKind.NotFound, "Look whether the recovery point has expired or was deleted, and at the vault, the region and the account."),
        BackupThing.Vault => NoVault,
        _ when message.Contains("vault", StringComparison.OrdinalIgnoreCase) => NoVault,
        _ => ("BackupResourceNotFound", FailureKind.NotFound, "Look at the ARN of what is to be protected: it is there, and in this region and account."),
    };

    private static (string, FailureKind, string) NoVault => ("BackupVaultNotFound", FailureKind.NotFound, "Look at the vault's name, the region and the account; New-StateSnapshot -CreateVault makes it.");

    private static (string, FailureKind, string) Parameter(string message) =>
        message.Contains("assume", StringComparison.OrdinalIgnoreCase)
            ? ("BackupRoleNotAssumable", FailureKind.InvalidData, "Let the service backup.amazonaws.com assume the role (its trust policy, action sts:AssumeRole), and look at the role's name and account.")
        : message.Contains("role", StringComparison.OrdinalIgnoreCase)
            ? ("BackupRoleInvalid", FailureKind.InvalidData, "Look at the role: it is in this account, and its ARN is written whole (arn:aws:iam::ACCOUNT:role/NAME).")
        : ("BackupInvalidParameter", FailureKind.InvalidData, "Change what the service names, and run it again.");
}
