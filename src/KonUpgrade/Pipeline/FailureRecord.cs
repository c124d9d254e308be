using System.Management.Automation;

namespace KonUpgrade.Pipeline;

/// <summary>The one place where a failure becomes an error record.</summary>
internal static class FailureRecord
{
    /// <summary>Makes the error record of a failure.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="exception">The exception that carried it; one is made where there is none.</param>
    /// <param name="target">The object that it is about; the failure's own target where none is given.</param>
    public static ErrorRecord For(Failure failure, Exception? exception = null, object? target = null) =>
        new(exception ?? new UpgradeException(failure), failure.Id, Category(failure.Kind), target ?? failure.Target)
        {
            ErrorDetails = new ErrorDetails(failure.Message) { RecommendedAction = failure.Recommendation ?? "" },
        };

    /// <summary>Makes the error record of any exception that an operation ended with.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="target">What the operation was about, for an exception that does not say it better.</param>
    public static ErrorRecord For(Exception exception, object? target) => exception switch
    {
        UpgradeException upgrade => For(upgrade.Failure, upgrade, upgrade.Failure.Target is null ? target : null),
        AggregateException { InnerExceptions.Count: > 0 } many => For(many.InnerExceptions[0], target),
        // Only what our own token cancelled is a stop; it never comes here. Anything else ran out of time.
        OperationCanceledException => For(
            new Failure
            {
                Id = "OperationTimedOut",
                Kind = FailureKind.Timeout,
                Message = "The operation took longer than a request is allowed to take.",
                Recommendation = "Look whether the server answers, and give more time with -Timeout where the command has it.",
            },
            exception,
            target),
        UnauthorizedAccessException => For(
            new Failure
            {
                Id = "AccessDenied",
                Kind = FailureKind.PermissionDenied,
                Message = exception.Message,
                Recommendation = "Run as a user who may use this file or directory, or name another one.",
            },
            exception,
            target),
        IOException => For(
            new Failure
            {
                Id = "FileError",
                Kind = FailureKind.WriteError,
                Message = exception.Message,
                Recommendation = "Look whether the file or directory is there, the disk has room, and no other program holds it; then run the same command again.",
                Target = (exception as FileNotFoundException)?.FileName,
            },
            exception,
            exception is FileNotFoundException { FileName: not null } ? null : target),
        _ => For(
            new Failure
            {
                Id = "UnexpectedError",
                Kind = FailureKind.Unspecified,
                Message = exception.Message,
                Recommendation = "This is a defect of KonUpgrade: report it with $Error[0].Exception.ToString().",
            },
            exception,
            target),
    };

    private static ErrorCategory Category(FailureKind kind) => kind switch
    {
        FailureKind.InvalidArgument => ErrorCategory.InvalidArgument,
        FailureKind.InvalidData => ErrorCategory.InvalidData,
        FailureKind.ParserError => ErrorCategory.ParserError,
        FailureKind.Authentication => ErrorCategory.AuthenticationError,
        FailureKind.PermissionDenied => ErrorCategory.PermissionDenied,
        FailureKind.Security => ErrorCategory.SecurityError,
        FailureKind.NotFound => ErrorCategory.ObjectNotFound,
        FailureKind.AlreadyExists => ErrorCategory.ResourceExists,
        FailureKind.Conflict => ErrorCategory.ResourceBusy,
        FailureKind.LimitsExceeded => ErrorCategory.LimitsExceeded,
        FailureKind.Unavailable => ErrorCategory.ResourceUnavailable,
        FailureKind.Timeout => ErrorCategory.OperationTimeout,
        FailureKind.NotSupported => ErrorCategory.NotImplemented,
        FailureKind.NotInstalled => ErrorCategory.NotInstalled,
        FailureKind.ReadError => ErrorCategory.ReadError,
        FailureKind.WriteError => ErrorCategory.WriteError,
        FailureKind.Refused => ErrorCategory.InvalidOperation,
        FailureKind.Incomplete => ErrorCategory.InvalidResult,
        _ => ErrorCategory.NotSpecified,
    };
}
