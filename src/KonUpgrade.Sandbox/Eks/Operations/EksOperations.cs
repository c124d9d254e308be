using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Eks.Nodegroups;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks.Operations;

/// <summary>What the region answers. All of it runs under the region's gate.</summary>
internal static class EksOperations
{
    public static Dictionary<string, Func<EksRequest, JsonObject>> Of(EksRegion region)
    {
        var create = new CreateNodegroup(region);
        return new(StringComparer.Ordinal)
        {
            ["ListClusters"] = request => Pages.Of(request, "clusters", [.. region.Clusters.Select(cluster => cluster.Name).Order(StringComparer.Ordinal)]),
            ["DescribeCluster"] = request => new JsonObject { ["cluster"] = Cluster(region, request).ToJson() },
            ["ListNodegroups"] = request => Pages.Of(request, "nodegroups", [.. Cluster(region, request).Nodegroups.Select(group => group.Name)]),
            ["DescribeNodegroup"] = request => new JsonObject { ["nodegroup"] = Nodegroup(region, request).ToJson() },
            ["CreateNodegroup"] = create.Run,
            ["DeleteNodegroup"] = request => DeleteNodegroup.Run(Nodegroup(region, request), request),
            ["UpdateNodegroupConfig"] = request => UpdateNodegroupConfig.Run(region, request),
            ["UpdateNodegroupVersion"] = request => UpdateNodegroupVersion.Run(region, request),
            ["ListUpdates"] = request => Updates.List(region, request),
            ["ListAddons"] = request => Addons.List(region, request),
            ["DescribeAddon"] = request => Addons.Describe(region, request),
            ["DescribeAddonVersions"] = Addons.Versions,
            ["DescribeClusterVersions"] = ClusterVersions.List,
            ["ListInsights"] = request => Insights.List(region, request),
            ["DescribeInsight"] = request => Insights.Describe(region, request),
            ["DescribeUpdate"] = request => Updates.Describe(region, request),
        };
    }

    /// <summary>The cluster that a request names.</summary>
    /// <exception cref="EksError">There is none of this name.</exception>
    public static EksCluster Cluster(EksRegion region, EksRequest request) => region.Find(request.Cluster) ?? throw EksError.NoCluster(request.Cluster);

    /// <summary>The node group that a request names.</summary>
    /// <exception cref="EksError">There is none of this name.</exception>
    public static Nodegroup Nodegroup(EksRegion region, EksRequest request)
        => Cluster(region, request).Find(request.Nodegroup) ?? throw EksError.NoNodegroup(request.Cluster, request.Nodegroup);

    /// <summary>Makes sure that a node group can be changed now.</summary>
    /// <exception cref="EksError">An update runs, or it is no state for one.</exception>
    public static void CheckIdle(Nodegroup group, EksRequest request, string type)
    {
        if (group.Running is { } running)
            throw request.InUse($"Cannot {type} because nodegroup {group.Name} currently has update {running.Id} in progress");
        if (group.Status is not (NodegroupStatus.Active or NodegroupStatus.Degraded))
            throw request.InvalidRequest("Nodegroup cannot be updated as it is currently not in Active State");
    }
}
