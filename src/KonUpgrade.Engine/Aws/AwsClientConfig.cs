using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util.Internal;

namespace KonUpgrade.Engine.Aws;

/// <summary>The SDK's settings for a service at one place.</summary>
internal sealed class AwsClientConfig : ClientConfig
{
    private readonly AwsService _service;
    private readonly string _url;

    public AwsClientConfig(AwsService service, AwsPlace place)
        : base(new DefaultConfigurationProvider([new DefaultConfiguration { Name = DefaultConfigurationMode.Standard, RetryMode = RequestRetryMode.Standard }]))
    {
        _service = service;
        _url = place.Url.ToString().TrimEnd('/');
        AuthenticationRegion = place.SigningRegion;
        AuthenticationServiceName = service.SigningName;
        RegionEndpoint = RegionEndpoint.GetBySystemName(place.SigningRegion);
        RetryMode = place.RetryMode;
        MaxErrorRetry = place.MaxAttempts - 1;
        Timeout = TimeSpan.FromSeconds(20);
        ServiceId = service.Id;
        EndpointProvider = new Fixed(_url);
    }

    /// <inheritdoc/>
    public override string ServiceVersion => _service.Version;

    /// <inheritdoc/>
    public override string UserAgent => InternalSDKUtils.BuildUserAgentString(_service.Id, "4.0");

    /// <inheritdoc/>
    public override string RegionEndpointServiceName => _service.SigningName;

    /// <inheritdoc/>
    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) => new(_url);

    private sealed class Fixed(string url) : IEndpointProvider
    {
        public Endpoint ResolveEndpoint(EndpointParameters parameters) => new(url);
    }
}
