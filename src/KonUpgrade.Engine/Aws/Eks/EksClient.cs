using KonUpgrade.Engine.Aws.RestJson;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>
/// EKS on the SDK's own runtime. Operations and fields are named as in the service's model, version 2017-11-01, REST-JSON
/// protocol. Throttling and transient errors are tried again as the SDK does (AWS_RETRY_MODE, AWS_MAX_ATTEMPTS, or the
/// profile's settings). Nothing is looked for before the first call.
/// </summary>
/// <param name="options">As whom, and where.</param>
/// <param name="reporter">Told which credentials are used, and of calls that change something.</param>
public sealed class EksClient(AwsOptions options, IReporter reporter) : IDisposable
{
    private static readonly AwsService Service = new("EKS", "eks", "2017-11-01");

    private readonly RestJsonClient _client = new(options, reporter, Service, EksEndpoint.Of, RestJson.RestJson.CamelCase);

    /// <summary>The region that is asked.</summary>
    /// <exception cref="UpgradeException">AwsRegionNotFound, AwsRegionInvalid.</exception>
    public Task<string> GetRegionAsync(CancellationToken cancellationToken) => _client.GetRegionAsync(cancellationToken);

    /// <summary>The names of all clusters of the region (ListClusters).</summary>
    /// <exception cref="EksException">What the service, or the way to it, says.</exception>
    public IAsyncEnumerable<string> ListClustersAsync(CancellationToken cancellationToken) =>
        PagesAsync<ListClustersResponse>(ListClusters.Call, cancellationToken);

    /// <summary>A cluster (DescribeCluster).</summary>
    /// <exception cref="ResourceNotFoundException">It is not there.</exception>
    public async Task<Cluster> DescribeClusterAsync(string name, CancellationToken cancellationToken) =>
        (await CallAsync<DescribeClusterResponse>(DescribeCluster.Call(name), cancellationToken).ConfigureAwait(false)).Cluster;

    /// <summary>The names of a cluster's managed node groups (ListNodegroups).</summary>
    public IAsyncEnumerable<string> ListNodegroupsAsync(string clusterName, CancellationToken cancellationToken) =>
        PagesAsync<ListNodegroupsResponse>(next => ListNodegroups.Call(clusterName, next), cancellationToken);

    /// <summary>A managed node group (DescribeNodegroup).</summary>
    /// <exception cref="ResourceNotFoundException">It is not there, or the cluster is not.</exception>
    public async Task<Nodegroup> DescribeNodegroupAsync(string clusterName, string nodegroupName, CancellationToken cancellationToken) =>
        (await CallAsync<NodegroupResponse>(DescribeNodegroup.Call(clusterName, nodegroupName), cancellationToken).ConfigureAwait(false)).Nodegroup;

    /// <summary>Begins to make a managed node group (CreateNodegroup).</summary>
    /// <exception cref="ResourceInUseException">There is one of that name.</exception>
    public async Task<Nodegroup> CreateNodegroupAsync(CreateNodegroupRequest request, CancellationToken cancellationToken) =>
        (await CallAsync<NodegroupResponse>((request ?? throw new ArgumentNullException(nameof(request))).Call(), cancellationToken).ConfigureAwait(false)).Nodegroup;

    /// <summary>Begins to delete a managed node group (DeleteNodegroup). The service ends its pods by force: drain it first.</summary>
    public async Task<Nodegroup> DeleteNodegroupAsync(string clusterName, string nodegroupName, CancellationToken cancellationToken) =>
        (await CallAsync<NodegroupResponse>(DeleteNodegroup.Call(clusterName, nodegroupName), cancellationToken).ConfigureAwait(false)).Nodegroup;

    /// <summary>Begins to change labels, taints, sizes or the update's ways of a node group (UpdateNodegroupConfig).</summary>
    /// <exception cref="ResourceInUseException">Another change of it runs.</exception>
    public async Task<Update> UpdateNodegroupConfigAsync(UpdateNodegroupConfigRequest request, CancellationToken cancellationToken) =>
        (await CallAsync<UpdateResponse>((request ?? throw new ArgumentNullException(nameof(request))).Call(), cancellationToken).ConfigureAwait(false)).Update;

    /// <summary>Begins to replace a node group's nodes by ones of another version (UpdateNodegroupVersion).</summary>
    /// <exception cref="ResourceInUseException">Another change of it runs.</exception>
    public async Task<Update> UpdateNodegroupVersionAsync(UpdateNodegroupVersionRequest request, CancellationToken cancellationToken) =>
        (await CallAsync<UpdateResponse>((request ?? throw new ArgumentNullException(nameof(request))).Call(), cancellationToken).ConfigureAwait(false)).Update;

    /// <summary>The ids of a cluster's updates, or of a node group's (ListUpdates).</summary>
    public IAsyncEnumerable<string> ListUpdatesAsync(string clusterName, string? nodegroupName, CancellationToken cancellationToken) =>
        PagesAsync<ListUpdatesResponse>(next => ListUpdates.Call(clusterName, nodegroupName, next), cancellationToken);

    /// <summary>An update (DescribeUpdate).</summary>
    /// <param name="clusterName">The cluster's name.</param>
    /// <param name="updateId">The update's id.</param>
    /// <param name="nodegroupName">The node group's name, for an update of one; null for the cluster's own.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<Update> DescribeUpdateAsync(string clusterName, string updateId, string? nodegroupName, CancellationToken cancellationToken) =>
        (await CallAsync<UpdateResponse>(DescribeUpdate.Call(clusterName, updateId, nodegroupName), cancellationToken).ConfigureAwait(false)).Update;

    /// <summary>What the service has found about a cluster in some categories (ListInsights); see <see cref="InsightCategory"/>.</summary>
    public IAsyncEnumerable<InsightSummary> ListInsightsAsync(string clusterName, IReadOnlyList<string> categories, CancellationToken cancellationToken) =>
        _client.PagesAsync<ListInsightsResponse, InsightSummary>(next => ListInsights.Call(clusterName, categories, next), cancellationToken);

    /// <summary>An insight, with its details (DescribeInsight).</summary>
    public async Task<Insight> DescribeInsightAsync(string clusterName, string id, CancellationToken cancellationToken) =>
        (await CallAsync<DescribeInsightResponse>(DescribeInsight.Call(clusterName, id), cancellationToken).ConfigureAwait(false)).Insight;

    /// <summary>The names of a cluster's add-ons (ListAddons).</summary>
    public IAsyncEnumerable<string> ListAddonsAsync(string clusterName, CancellationToken cancellationToken) =>
        PagesAsync<ListAddonsResponse>(next => ListAddons.Call(clusterName, next), cancellationToken);

    /// <summary>An add-on of a cluster (DescribeAddon).</summary>
    /// <exception cref="ResourceNotFoundException">It is not there, or the cluster is not.</exception>
    public async Task<Addon> DescribeAddonAsync(string clusterName, string addonName, CancellationToken cancellationToken) =>
        (await CallAsync<DescribeAddonResponse>(DescribeAddon.Call(clusterName, addonName), cancellationToken).ConfigureAwait(false)).Addon;

    /// <summary>The versions that there are of an add-on for clusters of a version (DescribeAddonVersions).</summary>
    /// <param name="addonName">The add-on's name.</param>
    /// <param name="kubernetesVersion">The clusters' version: <c>1.34</c>.</param>
    /// <param name="cancellationToken">Stops.</param>
    public IAsyncEnumerable<AddonInfo> DescribeAddonVersionsAsync(string addonName, string kubernetesVersion, CancellationToken cancellationToken) =>
        _client.PagesAsync<DescribeAddonVersionsResponse, AddonInfo>(next => DescribeAddonVersions.Call(addonName, kubernetesVersion, next), cancellationToken);

    /// <summary>The versions of Kubernetes that the service offers (DescribeClusterVersions), but for those that it no longer supports.</summary>
    public IAsyncEnumerable<ClusterVersionInformation> DescribeClusterVersionsAsync(CancellationToken cancellationToken) =>
        _client.PagesAsync<DescribeClusterVersionsResponse, ClusterVersionInformation>(DescribeClusterVersions.Call, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private IAsyncEnumerable<string> PagesAsync<TPage>(Func<string?, EksCall> call, CancellationToken cancellationToken)
        where TPage : IRestJsonPage<string> => _client.PagesAsync<TPage, string>(call, cancellationToken);

    private Task<TResponse> CallAsync<TResponse>(EksCall call, CancellationToken cancellationToken) => _client.CallAsync<TResponse>(call, cancellationToken);
}
