using Amazon;
using Amazon.Runtime;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>
/// IAM. The operations are named as in the service's model, version 2010-05-08, AWS query protocol. It is one service a
/// partition, signed for the partition's home region.
/// </summary>
internal sealed class IamClient(AWSCredentials credentials, AwsPlace place) : IDisposable
{
    private readonly AwsServiceClient _client = new(credentials, Service, place);

    public static AwsService Service { get; } = new("IAM", "iam", "2010-05-08");

    /// <summary>Where IAM is for a region's partition.</summary>
    public static (Uri Url, string SigningRegion) Home(string region) => RegionEndpoint.GetBySystemName(region).PartitionName switch
    {
        "aws-cn" => (new Uri("https://iam.cn-north-1.amazonaws.com.cn"), "cn-north-1"),
        "aws-us-gov" => (new Uri("https://iam.us-gov.amazonaws.com"), "us-gov-west-1"),
        _ => (new Uri("https://iam.amazonaws.com"), "us-east-1"),
    };

    /// <summary>GetRole.</summary>
    public Task<GetRoleResponse> GetRoleAsync(string roleName, CancellationToken cancellationToken) =>
        _client.CallAsync<GetRoleResponse>(new GetRoleRequest { RoleName = roleName }, new GetRoleRequestMarshaller(), new GetRoleResponseUnmarshaller(), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
