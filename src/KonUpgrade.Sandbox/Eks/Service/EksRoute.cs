namespace KonUpgrade.Sandbox.Eks.Service;

/// <summary>An operation of the service: its method and path, as in the service's model.</summary>
/// <param name="Operation">Its name.</param>
/// <param name="Method">GET, POST or DELETE.</param>
/// <param name="Path">Its path; names in braces stand for one part each.</param>
/// <param name="Verb">What it does, as faults name it: get, list, create, update or delete.</param>
/// <param name="Resource">What it does it to: clusters, nodegroups, updates, add-ons or insights.</param>
/// <param name="IsModelled">The sandbox answers it.</param>
internal sealed record EksRoute(string Operation, string Method, string Path, string Verb, string Resource, bool IsModelled = true)
{
    private static readonly EksRoute[] All =
    [
        new("ListClusters", "GET", "/clusters", "list", "clusters"),
        new("CreateCluster", "POST", "/clusters", "create", "clusters", false),
        new("DescribeCluster", "GET", "/clusters/{name}", "get", "clusters"),
        new("DeleteCluster", "DELETE", "/clusters/{name}", "delete", "clusters", false),
        new("UpdateClusterConfig", "POST", "/clusters/{name}/update-config", "update", "clusters", false),
        new("UpdateClusterVersion", "POST", "/clusters/{name}/updates", "update", "clusters", false),
        new("ListUpdates", "GET", "/clusters/{name}/updates", "list", "updates"),
        new("DescribeUpdate", "GET", "/clusters/{name}/updates/{updateId}", "get", "updates"),
        new("ListNodegroups", "GET", "/clusters/{name}/node-groups", "list", "nodegroups"),
        new("CreateNodegroup", "POST", "/clusters/{name}/node-groups", "create", "nodegroups"),
        new("DescribeNodegroup", "GET", "/clusters/{name}/node-groups/{nodegroupName}", "get", "nodegroups"),
        new("DeleteNodegroup", "DELETE", "/clusters/{name}/node-groups/{nodegroupName}", "delete", "nodegroups"),
        new("UpdateNodegroupConfig", "POST", "/clusters/{name}/node-groups/{nodegroupName}/update-config", "update", "nodegroups"),
        new("UpdateNodegroupVersion", "POST", "/clusters/{name}/node-groups/{nodegroupName}/update-version", "update", "nodegroups"),
        new("ListAddons", "GET", "/clusters/{name}/addons", "list", "addons"),
        new("DescribeAddon", "GET", "/clusters/{name}/addons/{addonName}", "get", "addons"),
        new("DescribeAddonVersions", "GET", "/addons/supported-versions", "list", "addons"),
        new("ListInsights", "POST", "/clusters/{name}/insights", "list", "insights"),
        new("DescribeInsight", "GET", "/clusters/{name}/insights/{id}", "get", "insights"),
        new("ListFargateProfiles", "GET", "/clusters/{name}/fargate-profiles", "list", "fargateprofiles", false),
        new("DescribeClusterVersions", "GET", "/cluster-versions", "list", "clusterversions"),
    ];

    public static (EksRoute Route, IReadOnlyDictionary<string, string> Names)? Find(string method, string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (EksRoute route in All.Where(route => route.Method == method))
        {
            string[] pattern = route.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (pattern.Length != parts.Length) continue;
            var names = new Dictionary<string, string>(StringComparer.Ordinal);
            bool fits = true;
            for (int i = 0; i < parts.Length && fits; i++)
            {
                if (pattern[i].StartsWith('{')) names[pattern[i][1..^1]] = parts[i];
                else fits = pattern[i] == parts[i];
            }
            if (fits) return (route, names);
        }
        return null;
    }
}
