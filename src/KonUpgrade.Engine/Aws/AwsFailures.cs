using System.Net;
using Amazon.Runtime;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws;

/// <summary>What a call to a service was for, for messages.</summary>
/// <param name="What">What was to be done, as a sentence that goes on with why it was not: "EKS did not describe the cluster blue".</param>
/// <param name="Permission">The right that it needs: <c>eks:DescribeCluster</c>.</param>
/// <param name="Target">The thing that it was about.</param>
internal sealed record AwsCall(string What, string Permission, string Target);

/// <summary>The errors that all services of AWS have in common, and those of logins. No message holds a secret.</summary>
internal static class AwsFailures
{
    /// <summary>What the SDK and its HTTP client throw on a call that failed.</summary>
    /// <param name="e">The exception.</param>
    /// <param name="cancellationToken">The caller's own: what it cancelled is no failure.</param>
    public static bool IsFailure(Exception e, CancellationToken cancellationToken) =>
        e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or InvalidOperationException or TimeoutException
        || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>The failure of a call, by the codes that every service has.</summary>
    public static Failure Of(Exception e, AwsCall call)
    {
        var service = e as AmazonServiceException;
        var (id, kind, remedy) = (service?.ErrorCode, service?.StatusCode) switch
        {
            ("AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" or "NotAuthorized", _) =>
                ("AwsAccessDenied", FailureKind.PermissionDenied, $"Use credentials that may call {call.Permission}, or have the right granted."),
            ("InvalidClientTokenId" or "InvalidAccessKeyId" or "ExpiredToken" or "ExpiredTokenException" or "SignatureDoesNotMatch" or "InvalidSignatureException" or "UnrecognizedClientException"
                or "IncompleteSignature" or "IncompleteSignatureException" or "MissingAuthenticationToken" or "MissingAuthenticationTokenException" or "RequestExpired" or "OptInRequired", _) =>
                ("AwsLoginRefused", FailureKind.Authentication, "Log in anew (aws sso login), or use other credentials; look whether this machine's clock is right and the region is one that the account uses."),
            ("Throttling" or "ThrottlingException" or "ThrottledException" or "TooManyRequestsException" or "RequestLimitExceeded" or "RequestThrottled" or "RequestThrottledException", _) or (_, HttpStatusCode.TooManyRequests) =>
                ("AwsThrottled", FailureKind.LimitsExceeded, "Run it again later; AWS_RETRY_MODE=adaptive and a larger AWS_MAX_ATTEMPTS let it wait longer by itself."),
            ("UnknownOperationException" or "InvalidAction", _) => Unknown(call),
            // Whatever answers there is no service that knows the path: a service names what it does not find.
            (null or "", HttpStatusCode.NotFound) => Unknown(call),
            _ when e is OperationCanceledException or TimeoutException => ("AwsTimeout", FailureKind.Timeout, "Look at the way to the service (proxy, VPC endpoint, -EndpointUrl), and run it again."),
            (_, HttpStatusCode.Forbidden) => ("AwsAccessDenied", FailureKind.PermissionDenied, $"Use credentials that may call {call.Permission}, or have the right granted."),
            (not null, HttpStatusCode.BadRequest) => ("AwsRequestRefused", FailureKind.InvalidData, "Look at what the service says."),
            _ => ("AwsUnavailable", FailureKind.Unavailable, "Look whether the region's name and the way to the service (proxy, VPC endpoint, -EndpointUrl) are right, and run it again."),
        };
        return new Failure { Id = id, Kind = kind, Message = Sentence(call, e), Recommendation = remedy, Target = call.Target };
    }

    /// <summary>The message of a call that failed: what it was for, the service's code, and its own words.</summary>
    public static string Sentence(AwsCall call, Exception e)
    {
        var service = e as AmazonServiceException;
        var code = service is null ? e.GetType().Name
            : service.ErrorCode is { Length: > 0 } said ? said
            : service.StatusCode != 0 ? $"HTTP {(int)service.StatusCode}"
            : e.InnerException?.GetType().Name ?? "no answer";
        return $"{call.What}: {code}: {Words(e)}";
    }

    /// <summary>What answered is no answer of the service.</summary>
    /// <param name="service">The service.</param>
    /// <param name="operation">The operation that was called.</param>
    /// <param name="subject">What it was called for, for messages.</param>
    /// <param name="why">Why it is none, as the end of a sentence.</param>
    /// <param name="target">The thing that it was about.</param>
    public static Failure Unreadable(AwsService service, string operation, string subject, string why, string? target) => new()
    {
        Id = "AwsAnswerUnreadable",
        Kind = FailureKind.InvalidData,
        Message = $"What answered {operation} for {subject} is no answer of {service.Id}: {why}",
        Recommendation = "Look whether -EndpointUrl or AWS_ENDPOINT_URL leads to the service.",
        Target = target,
    };

    /// <summary>No credentials were found anywhere.</summary>
    public static UpgradeException NoCredentials(string tried, Exception? inner = null) => new(
        new Failure
        {
            Id = "AwsCredentialsNotFound",
            Kind = FailureKind.Authentication,
            Message = $"No AWS credentials were found ({tried}).",
            Recommendation = "Log in (aws sso login, aws configure), set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role is attached.",
        },
        inner);

    /// <summary>A login program's entry sets what counts only for a whole process.</summary>
    public static UpgradeException NotHeard(string why) => new(new Failure
    {
        Id = "AwsEnvironmentNotHeard",
        Kind = FailureKind.NotSupported,
        Message = $"AWS can't be asked as the login program would ask it: {why}, which is heard here only where it is set for the whole process.",
        Recommendation = "Set it for the process, or name the login with -Credential or an object of Get-ManagedCluster.",
    });

    /// <summary>A URL for a service that is none.</summary>
    /// <param name="from">What says it.</param>
    public static UpgradeException InvalidEndpoint(string from) => new(new Failure
    {
        Id = "AwsEndpointInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = $"{from} is no http or https URL. No service was asked: what is meant for another place must not go to AWS itself.",
        Recommendation = "Write it as https://host:port, or take it away.",
        Target = from,
    });

    /// <summary>No region was found anywhere.</summary>
    public static UpgradeException NoRegion() => new(new Failure
    {
        Id = "AwsRegionNotFound",
        Kind = FailureKind.InvalidArgument,
        Message = "No AWS region is named, neither by the command nor by environment or profile.",
        Recommendation = "Name it with -Region, set AWS_REGION, or give the profile a region.",
    });

    /// <summary>A region that can be none.</summary>
    public static UpgradeException InvalidRegion(string region) => new(new Failure
    {
        Id = "AwsRegionInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{region}' is no name of an AWS region.",
        Recommendation = "Write it as eu-west-1.",
        Target = region,
    });

    /// <summary>A login that is there and does not work.</summary>
    public static UpgradeException Refused(string what, Exception inner) => new(
        new Failure
        {
            Id = "AwsLoginFailed",
            Kind = FailureKind.Authentication,
            Message = $"{what}: {Words(inner)}",
            Recommendation = "Check the profile or role, and log in anew where the session has expired (aws sso login).",
        },
        inner);

    /// <summary>A profile that would start a program, where none may be started.</summary>
    public static UpgradeException ProcessForbidden(string profile) => new(new Failure
    {
        Id = "ExecForbidden",
        Kind = FailureKind.Authentication,
        Message = $"The AWS profile '{profile}' gets its credentials from a program (credential_process), and no program may be started here.",
        Recommendation = "Use a profile with keys, SSO or a role, or give credentials in the environment.",
        Target = profile,
    });

    private static (string Id, FailureKind Kind, string Remedy) Unknown(AwsCall call) =>
        ("AwsOperationUnknown", FailureKind.NotSupported, $"Look whether -EndpointUrl or AWS_ENDPOINT_URL leads to the service: what answers there does not know {call.Permission[(call.Permission.IndexOf(':', StringComparison.Ordinal) + 1)..]}.");

    // A refused signature is explained with the whole request, its session token too: the first line says enough.
    private static string Words(Exception e)
    {
        var text = (e.Message.Length == 0 ? e.InnerException?.Message ?? "" : e.Message).Split('\n')[0].TrimEnd();
        return text.Length == 0 ? "it gave no reason." : SecretMask.Mask(text);
    }
}
