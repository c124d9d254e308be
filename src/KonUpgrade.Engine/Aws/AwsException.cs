using Amazon.Runtime;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws;

/// <summary>A call of a service of AWS that failed.</summary>
/// <param name="failure">What went wrong.</param>
/// <param name="innerException">What the SDK threw.</param>
public class AwsException(Failure failure, Exception? innerException = null) : UpgradeException(failure, innerException)
{
    /// <summary>The service's code: <c>ResourceNotFoundException</c>; null where no answer of the service came.</summary>
    public string? ErrorCode { get; } = (innerException as AmazonServiceException)?.ErrorCode;

    /// <summary>The HTTP status, or 0 where no answer came.</summary>
    public int StatusCode { get; } = (int)((innerException as AmazonServiceException)?.StatusCode ?? 0);

    /// <summary>The id of the request, for the service's support; null where none came.</summary>
    public string? RequestId { get; } = (innerException as AmazonServiceException)?.RequestId;

    /// <summary>Whether the same call may succeed a little later: throttled, unavailable, no answer in time.</summary>
    public bool IsTransient =>
        Failure.Kind is FailureKind.LimitsExceeded or FailureKind.Unavailable or FailureKind.Timeout && ErrorCode is not ("ResourceLimitExceededException" or "LimitExceededException");
}
