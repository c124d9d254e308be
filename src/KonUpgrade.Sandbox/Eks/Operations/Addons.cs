using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks.Operations;

/// <summary>ListAddons, DescribeAddon and DescribeAddonVersions: what clusters have, and what there is for which version of clusters.</summary>
internal static class Addons
{
    // Each version with the first and last minor version of clusters that it is for, the newest first.
    private static readonly SortedDictionary<string, (string Version, int From, int To)[]> Known = new(StringComparer.Ordinal)
    {
        ["aws-ebs-csi-driver"] = [("v1.48.0-eksbuild.1", 31, 36), ("v1.38.1-eksbuild.1", 28, 33)],
        ["coredns"] = [("v1.12.3-eksbuild.1", 32, 36), ("v1.11.4-eksbuild.2", 28, 33)],
        ["kube-proxy"] = [.. Enumerable.Range(28, 9).Reverse().Select(minor => (string.Create(CultureInfo.InvariantCulture, $"v1.{minor}.1-eksbuild.1"), minor, Math.Min(minor + 3, 36)))],
        ["vpc-cni"] = [("v1.20.1-eksbuild.1", 30, 36), ("v1.19.2-eksbuild.1", 28, 33)],
        // One that ended with the clusters that it was for.
        ["tetrate-io_istio-distro"] = [("v1.22.3-eksbuild.1", 28, 33)],
    };

    public static JsonObject List(EksRegion region, EksRequest request)
        => Pages.Of(request, "addons", [.. EksOperations.Cluster(region, request).Addons.Select(addon => addon.Name).Order(StringComparer.Ordinal)]);

    public static JsonObject Describe(EksRegion region, EksRequest request)
    {
        EksCluster cluster = EksOperations.Cluster(region, request);
        EksAddon addon = cluster.Addons.FirstOrDefault(addon => addon.Name == request.Addon)
            ?? throw new EksError(404, "ResourceNotFoundException", $"No addon: {request.Addon} found in cluster: {cluster.Name}") { Cluster = cluster.Name };
        var issues = new JsonArray();
        if (addon.IssueCode is { } code) issues.Add(new JsonObject { ["code"] = code, ["message"] = addon.IssueMessage, ["resourceIds"] = new JsonArray() });
        return new JsonObject
        {
            ["addon"] = new JsonObject
            {
                ["addonName"] = addon.Name,
                ["clusterName"] = cluster.Name,
                ["status"] = addon.Status,
                ["addonVersion"] = addon.Version,
                ["health"] = new JsonObject { ["issues"] = issues },
                ["addonArn"] = region.Arn("eks", $"addon/{cluster.Name}/{addon.Name}/{cluster.Id("addon", addon.Name)}"),
                ["createdAt"] = Wire.Time(cluster.Now),
                ["modifiedAt"] = Wire.Time(cluster.Now),
                ["serviceAccountRoleArn"] = null,
                ["tags"] = new JsonObject(),
            },
        };
    }

    public static JsonObject Versions(EksRequest request)
    {
        string name = request.Query["addonName"].ToString(), version = request.Query["kubernetesVersion"].ToString();
        if (name.Length > 0 && !Known.ContainsKey(name))
            throw request.InvalidParameter($"Addon {name} specified is not supported");
        return Pages.Of(request, "addons", [.. Known.Keys.Where(known => (name.Length == 0 || known == name) && Offered(known, version).Any())], known => new JsonObject
        {
            ["addonName"] = known,
            ["type"] = "networking",
            ["addonVersions"] = new JsonArray([.. Offered(known, version).Select(offered => (JsonNode?)Version(known, offered))]),
            ["publisher"] = known.Contains('_', StringComparison.Ordinal) ? "tetrate-io" : "eks",
            ["owner"] = known.Contains('_', StringComparison.Ordinal) ? "aws-marketplace" : "aws",
        });
    }

    private static IEnumerable<(string Version, int From, int To)> Offered(string name, string version)
        => Known[name].Where(known => version.Length == 0 || (version.StartsWith("1.", StringComparison.Ordinal) && int.TryParse(version[2..], NumberStyles.None, CultureInfo.InvariantCulture, out int minor) && minor >= known.From && minor <= known.To));

    private static JsonObject Version(string name, (string Version, int From, int To) offered) => new()
    {
        ["addonVersion"] = offered.Version,
        ["architecture"] = Wire.List(["amd64", "arm64"]),
        ["compatibilities"] = new JsonArray([.. Enumerable.Range(offered.From, offered.To - offered.From + 1).Reverse().Select(minor => (JsonNode?)new JsonObject
        {
            ["clusterVersion"] = string.Create(CultureInfo.InvariantCulture, $"1.{minor}"),
            ["platformVersions"] = Wire.List(["*"]),
            ["defaultVersion"] = Known[name].First(known => minor >= known.From && minor <= known.To).Version == offered.Version,
        })]),
        ["requiresConfiguration"] = false,
        ["requiresIamPermissions"] = false,
    };
}
