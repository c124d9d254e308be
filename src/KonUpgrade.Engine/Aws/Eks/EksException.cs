using KonUpgrade.Engine.Aws.RestJson;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>A call of EKS that failed. The service's own errors that matter to callers are types of their own, named as in its model.</summary>
/// <param name="failure">What went wrong.</param>
/// <param name="innerException">What the SDK threw.</param>
public class EksException(Failure failure, Exception? innerException = null) : AwsException(failure, innerException)
{
    /// <summary>What the service named beside its message: <c>clusterName</c>, <c>nodegroupName</c>, <c>addonName</c>, <c>fargateProfileName</c>.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; } = RestJsonException.FieldsOf(innerException);

    /// <summary>Whether the service surely did not do it, and will not when it is asked again.</summary>
    public bool IsRefusal => StatusCode is >= 400 and < 500 && !IsTransient && Failure.Kind != FailureKind.AlreadyExists;
}

/// <summary>The cluster, node group or update is not there.</summary>
/// <inheritdoc/>
public sealed class ResourceNotFoundException(Failure failure, Exception? innerException = null) : EksException(failure, innerException);

/// <summary>The thing is in use, or there already.</summary>
/// <inheritdoc/>
public sealed class ResourceInUseException(Failure failure, Exception? innerException = null) : EksException(failure, innerException);

/// <summary>A parameter is not valid.</summary>
/// <inheritdoc/>
public sealed class InvalidParameterException(Failure failure, Exception? innerException = null) : EksException(failure, innerException);

/// <summary>The request is not valid in the state that the cluster has.</summary>
/// <inheritdoc/>
public sealed class InvalidRequestException(Failure failure, Exception? innerException = null) : EksException(failure, innerException);

/// <summary>A quota of the account is used up.</summary>
/// <inheritdoc/>
public sealed class ResourceLimitExceededException(Failure failure, Exception? innerException = null) : EksException(failure, innerException);

/// <summary>The login may not make the call.</summary>
/// <inheritdoc/>
public sealed class AccessDeniedException(Failure failure, Exception? innerException = null) : EksException(failure, innerException);

/// <summary>Too many calls, after the SDK's own tries.</summary>
/// <inheritdoc/>
public sealed class ThrottlingException(Failure failure, Exception? innerException = null) : EksException(failure, innerException);

/// <summary>A cluster, node group or update came to a state from which it will not become what was waited for.</summary>
/// <inheritdoc/>
public sealed class EksStateException(Failure failure) : EksException(failure)
{
    /// <summary>The state: <c>CREATE_FAILED</c>.</summary>
    public string? Status { get; init; }

    /// <summary>What the service says is wrong.</summary>
    public IReadOnlyList<Issue> Issues { get; init; } = [];
}
