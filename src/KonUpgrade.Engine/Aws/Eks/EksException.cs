using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>A call of EKS that failed. The service's own errors that matter to callers are types of their own, named as in its model.</summary>
/// <param name="failure">What went wrong.</param>
/// <param name="innerException">What the SDK threw.</param>
public class EksException(Failure failure, Exception? innerException = null) : UpgradeException(failure, innerException)
{
    /// <summary>The service's code: <c>ResourceNotFoundException</c>; null where no answer of the service came.</summary>
    public string? ErrorCode { get; private set; }

    /// <summary>The HTTP status, or 0 where no answer came.</summary>
    public int StatusCode { get; private set; }

    /// <summary>The id of the request, for the service's support; null where none came.</summary>
    public string? RequestId { get; private set; }

    /// <summary>What the service named beside its message: <c>clusterName</c>, <c>nodegroupName</c>, <c>addonName</c>, <c>fargateProfileName</c>.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; private set; } = new Dictionary<string, string>();

    /// <summary>Whether the same call may succeed a little later: throttled, unavailable, no answer in time.</summary>
    public bool IsTransient => Failure.Kind is FailureKind.LimitsExceeded or FailureKind.Unavailable or FailureKind.Timeout && ErrorCode != "ResourceLimitExceededException";

    internal EksException With(string? errorCode, int statusCode, string? requestId, IReadOnlyDictionary<string, string> fields)
    {
        (ErrorCode, StatusCode, RequestId, Fields) = (errorCode, statusCode, requestId, fields);
        return this;
    }
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
