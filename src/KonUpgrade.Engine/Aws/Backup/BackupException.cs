using KonUpgrade.Engine.Aws.RestJson;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>A call of AWS Backup that failed. The service's own errors that matter to callers are types of their own, named as in its model.</summary>
/// <param name="failure">What went wrong.</param>
/// <param name="innerException">What the SDK threw.</param>
public class BackupException(Failure failure, Exception? innerException = null) : AwsException(failure, innerException)
{
    /// <summary>What the service said beside its message: <c>Code</c>, <c>Type</c>, <c>Context</c>, <c>Arn</c>.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; } = RestJsonException.FieldsOf(innerException);
}

/// <summary>The vault, job, recovery point or resource is not there.</summary>
/// <inheritdoc/>
public sealed class ResourceNotFoundException(Failure failure, Exception? innerException = null) : BackupException(failure, innerException);

/// <summary>There is one already.</summary>
/// <inheritdoc/>
public sealed class AlreadyExistsException(Failure failure, Exception? innerException = null) : BackupException(failure, innerException);

/// <summary>A parameter's value is not valid.</summary>
/// <inheritdoc/>
public sealed class InvalidParameterValueException(Failure failure, Exception? innerException = null) : BackupException(failure, innerException);

/// <summary>A parameter is missing.</summary>
/// <inheritdoc/>
public sealed class MissingParameterValueException(Failure failure, Exception? innerException = null) : BackupException(failure, innerException);

/// <summary>The request is not valid as things stand, or for this type of resource.</summary>
/// <inheritdoc/>
public sealed class InvalidRequestException(Failure failure, Exception? innerException = null) : BackupException(failure, innerException);

/// <summary>A quota of the account is used up.</summary>
/// <inheritdoc/>
public sealed class LimitExceededException(Failure failure, Exception? innerException = null) : BackupException(failure, innerException);

/// <summary>
/// The login may not make the call. The service says the same of a vault that is not there (its model has
/// ResourceNotFoundException for it): only the list of vaults tells the two apart.
/// </summary>
/// <inheritdoc/>
public sealed class AccessDeniedException(Failure failure, Exception? innerException = null) : BackupException(failure, innerException);

/// <summary>Too many calls, after the SDK's own tries.</summary>
/// <inheritdoc/>
public sealed class ThrottlingException(Failure failure, Exception? innerException = null) : BackupException(failure, innerException);
