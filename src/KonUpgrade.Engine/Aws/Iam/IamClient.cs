using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>
/// IAM over the SDK's own runtime (credentials, signing, retry, HTTP). The operations are named as in the service's
/// model, version 2010-05-08, AWS query protocol.
/// </summary>
internal sealed class IamClient(AWSCredentials credentials, IamOptions options) : AmazonServiceClient(credentials, new IamClientConfig(options))
{
    /// <summary>GetRole.</summary>
    public Task<GetRoleResponse> GetRoleAsync(string roleName, CancellationToken cancellationToken) =>
        InvokeAsync<GetRoleResponse>(
            new GetRoleRequest { RoleName = roleName },
            new InvokeOptions { RequestMarshaller = new GetRoleRequestMarshaller(), ResponseUnmarshaller = new GetRoleResponseUnmarshaller() },
            cancellationToken);

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
