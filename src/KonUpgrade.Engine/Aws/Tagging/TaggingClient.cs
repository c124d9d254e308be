using KonUpgrade.Engine.Aws.RestJson;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Tagging;

/// <summary>
/// The tags of resources of all services (Resource Groups Tagging API) on the SDK's own runtime. Operations and fields are
/// named as in the service's model, version 2017-01-26, JSON 1.1 protocol. Nothing is looked for before the first call.
/// </summary>
/// <param name="options">As whom, and where.</param>
/// <param name="reporter">Told which credentials are used.</param>
public sealed class TaggingClient(AwsOptions options, IReporter reporter) : IDisposable
{
    private static readonly AwsService Service = new("Resource Groups Tagging API", "tagging", "2017-01-26");

    private readonly RestJsonClient _client = new(options, reporter, Service, RegionalEndpoint.Named("tagging"), RestJson.RestJson.PascalCase);

    /// <summary>The region that is asked.</summary>
    /// <exception cref="UpgradeException">AwsRegionNotFound, AwsRegionInvalid.</exception>
    public Task<string> GetRegionAsync(CancellationToken cancellationToken) => _client.GetRegionAsync(cancellationToken);

    /// <summary>Resources with their tags (GetResources).</summary>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    public IAsyncEnumerable<ResourceTagMapping> GetResourcesAsync(GetResourcesRequest request, CancellationToken cancellationToken) =>
        _client.PagesAsync<GetResourcesResponse, ResourceTagMapping>(next => (request ?? throw new ArgumentNullException(nameof(request))).Call(next), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
