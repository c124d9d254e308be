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
    public static ErrorRecord For(Exception exception) => exception switch
    {
        UpgradeException upgrade => For(upgrade.Failure, upgrade),
        AggregateException { InnerExceptions.Count: > 0 } many => For(many.InnerExceptions[0]),
        // Only what our own token cancelled is a stop; it never comes here. Anything else ran out of time.
        OperationCanceledException => For(
            new Failure
            {
                Id = "OperationTimedOut",
                Kind = FailureKind.Timeout,
                Message = "The operation took longer than a request is allowed to take.",
                Recommendation = "Look whether the server answers, and give more time with -Timeout where the command has it.",
            },
            exception),
        UnauthorizedAccessException => For(
            new Failure
            {
                Id = "AccessDenied",
                Kind = FailureKind.PermissionDenied,
                Message = exception.Message,
                Recommendation = "Run as a user who may use this file or directory, or name another one.",
            },
            exception),
        IOException => For(
            new Failure { Id = "FileError", Kind = FailureKind.WriteError, Message = exception.Message },
            exception),
        _ => For(
            new Failure
            {
                Id = "UnexpectedError",
                Kind = FailureKind.Unspecified,
                Message = exception.Message,
                Recommendation = "This is a defect of KonUpgrade: report it with $Error[0].Exception.ToString().",
            },
            exception),
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
        FailureKind.ReadError => ErrorCategory.ReadError,
        FailureKind.WriteError => ErrorCategory.WriteError,
        FailureKind.Refused => ErrorCategory.InvalidOperation,
        FailureKind.Incomplete => ErrorCategory.InvalidResult,
        _ => ErrorCategory.NotSpecified,
    };
}
