using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Transform;

namespace KonUpgrade.Engine.Aws;

/// <summary>
/// A service on the AWS SDK's own runtime, which brings credentials, signatures, retry and HTTP; the packages of most
/// services are not in the registry that this is built from.
/// </summary>
/// <param name="credentials">Who asks.</param>
/// <param name="service">The service.</param>
/// <param name="place">Where it is.</param>
internal sealed class AwsServiceClient(AWSCredentials credentials, AwsService service, AwsPlace place) : AmazonServiceClient(credentials, new AwsClientConfig(service, place))
{
    /// <summary>Calls an operation.</summary>
    /// <exception cref="AmazonServiceException">The service's error.</exception>
    public Task<TResponse> CallAsync<TResponse>(
        AmazonWebServiceRequest request, IMarshaller<IRequest, AmazonWebServiceRequest> marshaller, ResponseUnmarshaller unmarshaller, CancellationToken cancellationToken)
        where TResponse : AmazonWebServiceResponse, new() =>
        InvokeAsync<TResponse>(request, new InvokeOptions { RequestMarshaller = marshaller, ResponseUnmarshaller = unmarshaller }, cancellationToken);

    /// <inheritdoc/>
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new FixedEndpoint());
        pipeline.AddHandlerAfter<Marshaller>(new SignatureV4());
    }

    private sealed class FixedEndpoint : BaseEndpointResolver
    {
        protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext) => new();
    }

    private sealed class SignatureV4 : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
    }
}
