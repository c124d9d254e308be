using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util.Internal;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>The SDK's settings for IAM: one endpoint a partition, signed for the partition's home region.</summary>
internal sealed class IamClientConfig : ClientConfig
{
    private readonly string _endpoint;

    public IamClientConfig(IamOptions options)
        : base(new DefaultConfigurationProvider([new DefaultConfiguration { Name = DefaultConfigurationMode.Standard, RetryMode = RequestRetryMode.Standard }]))
    {
        var partition = RegionEndpoint.GetBySystemName(options.Region).PartitionName;
        (_endpoint, var home) = partition switch
        {
            "aws-cn" => ("https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            "aws-us-gov" => ("https://iam.us-gov.amazonaws.com", "us-gov-west-1"),
            _ => ("https://iam.amazonaws.com", "us-east-1"),
        };
        _endpoint = options.EndpointUrl ?? _endpoint;
        AuthenticationRegion = home;
        AuthenticationServiceName = "iam";
        RegionEndpoint = RegionEndpoint.GetBySystemName(home);
        MaxErrorRetry = 3;
        Timeout = TimeSpan.FromSeconds(20);
        ServiceId = "IAM";
        EndpointProvider = new Fixed(_endpoint);
    }

    /// <inheritdoc/>
    public override string ServiceVersion => "2010-05-08";

    /// <inheritdoc/>
    public override string UserAgent => InternalSDKUtils.BuildUserAgentString("IAM", "4.0");

    /// <inheritdoc/>
    public override string RegionEndpointServiceName => "iam";

    /// <inheritdoc/>
    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) => new(_endpoint);

    private sealed class Fixed(string url) : IEndpointProvider
    {
        public Endpoint ResolveEndpoint(EndpointParameters parameters) => new(url);
    }
}
