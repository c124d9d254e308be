using Amazon.Runtime;

namespace KonUpgrade.Engine.Aws;

/// <summary>A service, as its model describes it.</summary>
/// <param name="Id">The service's id: IAM, EKS.</param>
/// <param name="SigningName">The name that requests are signed for.</param>
/// <param name="Version">The API's version.</param>
internal sealed record AwsService(string Id, string SigningName, string Version);

/// <summary>Where a service is asked, and how often.</summary>
internal sealed record AwsPlace
{
    /// <summary>The URL.</summary>
    public required Uri Url { get; init; }

    /// <summary>The region that requests are signed for.</summary>
    public required string SigningRegion { get; init; }

    /// <summary>The SDK's way to try again.</summary>
    public RequestRetryMode RetryMode { get; init; } = RequestRetryMode.Standard;

    /// <summary>How often a call is sent at most.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>The place of a service: the URL that was given or is configured, else the service's own; retries as environment and profile say.</summary>
    /// <param name="given">The URL that was given, or null.</param>
    /// <param name="source">What environment and profile say.</param>
    /// <param name="service">The service.</param>
    /// <param name="own">The service's own URL.</param>
    /// <param name="signingRegion">The region that requests are signed for.</param>
    public static AwsPlace Of(Uri? given, AwsCredentialSource source, AwsService service, Uri own, string signingRegion)
    {
        var profile = source.Profile;
        var mode = Enum.TryParse<RequestRetryMode>(source.Value("AWS_RETRY_MODE"), ignoreCase: true, out var said) ? said : profile?.RetryMode;
        var attempts = int.TryParse(source.Value("AWS_MAX_ATTEMPTS"), out var many) && many > 0 ? many : profile?.MaxAttempts;
        return new AwsPlace
        {
            Url = given ?? source.Endpoint(service.Id) ?? own,
            SigningRegion = signingRegion,
            // What the SDK does not know any more (legacy) is its standard way.
            RetryMode = mode == RequestRetryMode.Adaptive ? RequestRetryMode.Adaptive : RequestRetryMode.Standard,
            MaxAttempts = attempts ?? 3,
        };
    }
}
