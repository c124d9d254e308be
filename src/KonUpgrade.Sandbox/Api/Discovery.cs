using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Api;

/// <summary>What a cluster says that it serves: the old documents for each group version, and the aggregated ones.</summary>
internal sealed class Discovery(SimulatedCluster cluster)
{
    private static readonly string[] CreateOnly = ["create"];
    private static readonly string[] SubresourceVerbs = ["get", "patch", "update"];

    /// <summary>The document for a path, with its content type; null when it is no discovery path or nothing is served there.</summary>
    public (JsonObject Document, string ContentType)? Find(string path, HttpRequest request)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        ResourceCatalog catalog = cluster.Catalog;
        switch (parts)
        {
            case ["api"] or ["apis"]:
                bool core = parts[0] == "api";
                if (AggregatedVersion(request) is { } version)
                    return (Aggregated(catalog, core, version), $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList");
                return (core ? CoreVersions(request) : GroupList(catalog), "application/json");
            case ["api", var coreVersion]:
                return catalog.HasVersion(string.Empty, coreVersion) ? (ResourceList(catalog, string.Empty, coreVersion), "application/json") : null;
            case ["apis", var group]:
                return Groups(catalog).FirstOrDefault(item => item.Name == group) is { } found ? (Describe(found, withType: true), "application/json") : null;
            case ["apis", var group, var groupVersion]:
                return Groups(catalog).Any(item => item.Name == group && item.Versions.Contains(groupVersion)) ? (ResourceList(catalog, group, groupVersion), "application/json") : null;
            default:
                return null;
        }
    }

    // Aggregated discovery was alpha in 1.26 and on for everyone from 1.27 as v2beta1; v2 came with 1.30.
    private string? AggregatedVersion(HttpRequest request)
    {
        string accept = string.Join(',', request.Headers.Accept.OfType<string>());
        foreach (string part in accept.Split(','))
        {
            if (!part.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal) || !part.Contains("g=apidiscovery.k8s.io", StringComparison.Ordinal)) continue;
            string[] words = part.Split(';', StringSplitOptions.TrimEntries);
            if (words[0] != "application/json") continue;
            if (words.Contains("v=v2") && cluster.Version.Minor >= 30) return "v2";
            if (words.Contains("v=v2beta1") && cluster.Version.Minor >= 27) return "v2beta1";
        }
        return null;
    }

    private List<ApiGroup> Groups(ResourceCatalog catalog)
    {
        var groups = new List<ApiGroup>(catalog.Groups.Where(group => group.Name.Length > 0));
        foreach (SelfReview review in SelfReview.For(cluster.Version))
        {
            if (!groups.Exists(group => group.Name == review.Group)) groups.Insert(0, new ApiGroup(review.Group, [review.Version], IsCustom: false));
        }
        return groups;
    }

    private static JsonObject CoreVersions(HttpRequest request) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = request.Host.Value }),
    };

    private JsonObject GroupList(ResourceCatalog catalog) => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. Groups(catalog).Select(group => (JsonNode?)Describe(group, withType: false))]),
    };

    private static JsonObject Describe(ApiGroup group, bool withType)
    {
        JsonObject Version(string version) => new() { ["groupVersion"] = $"{group.Name}/{version}", ["version"] = version };
        var item = new JsonObject();
        if (withType)
        {
            item["kind"] = "APIGroup";
            item["apiVersion"] = "v1";
        }
        item["name"] = group.Name;
        item["versions"] = new JsonArray([.. group.Versions.Select(version => (JsonNode?)Version(version))]);
        item["preferredVersion"] = Version(group.Versions[0]);
        return item;
    }

    private JsonObject ResourceList(ResourceCatalog catalog, string group, string version)
    {
        var resources = new JsonArray();
        foreach (ApiResource resource in Resources(catalog, group, version))
        {
            var item = new JsonObject
            {
                ["name"] = resource.Plural,
                ["singularName"] = resource.Singular,
                ["namespaced"] = resource.Namespaced,
                ["kind"] = resource.Kind,
                ["verbs"] = Strings(resource.ListedVerbs),
            };
            if (resource.ShortNames.Count > 0) item["shortNames"] = Strings(resource.ShortNames);
            if (resource.Categories.Count > 0) item["categories"] = Strings(resource.Categories);
            item["storageVersionHash"] = resource.StorageVersionHash;
            resources.Add((JsonNode)item);
            foreach (string subresource in resource.Subresources)
            {
                var listed = new JsonObject
                {
                    ["name"] = $"{resource.Plural}/{subresource}",
                    ["singularName"] = string.Empty,
                    ["namespaced"] = resource.Namespaced,
                };
                if (Elsewhere(subresource) is { } other)
                {
                    listed["group"] = other.Group;
                    listed["version"] = other.Version;
                }
                listed["kind"] = Elsewhere(subresource)?.Kind ?? resource.Kind;
                listed["verbs"] = Strings(VerbsOf(subresource));
                resources.Add((JsonNode)listed);
            }
        }
        foreach (SelfReview review in SelfReview.For(cluster.Version).Where(review => review.Group == group && review.Version == version))
        {
            resources.Add((JsonNode)new JsonObject
            {
                ["name"] = review.Plural,
                ["singularName"] = review.Kind.ToLowerInvariant(),
                ["namespaced"] = false,
                ["kind"] = review.Kind,
                ["verbs"] = Strings(CreateOnly),
            });
        }
        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = resources,
        };
    }

    private JsonObject Aggregated(ResourceCatalog catalog, bool core, string version)
    {
        var items = new JsonArray();
        IEnumerable<ApiGroup> groups = core ? catalog.Groups.Where(group => group.Name.Length == 0) : Groups(catalog);
        foreach (ApiGroup group in groups)
        {
            var metadata = new JsonObject { ["creationTimestamp"] = null };
            if (group.Name.Length > 0) metadata["name"] = group.Name;
            items.Add((JsonNode)new JsonObject
            {
                ["metadata"] = metadata,
                ["versions"] = new JsonArray([.. group.Versions.Select(served => (JsonNode?)AggregatedVersionOf(catalog, group.Name, served))]),
            });
        }
        return new JsonObject
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = $"apidiscovery.k8s.io/{version}",
            ["metadata"] = new JsonObject(),
            ["items"] = items,
        };
    }

    private JsonObject AggregatedVersionOf(ResourceCatalog catalog, string group, string version)
    {
        JsonObject Kind(string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };
        var resources = new JsonArray();
        foreach (ApiResource resource in Resources(catalog, group, version))
        {
            var item = new JsonObject
            {
                ["resource"] = resource.Plural,
                ["responseKind"] = Kind(resource.Kind),
                ["scope"] = resource.Namespaced ? "Namespaced" : "Cluster",
                ["singularResource"] = resource.Singular,
                ["verbs"] = Strings(resource.ListedVerbs),
            };
            if (resource.ShortNames.Count > 0) item["shortNames"] = Strings(resource.ShortNames);
            if (resource.Categories.Count > 0) item["categories"] = Strings(resource.Categories);
            if (resource.Subresources.Count > 0)
            {
                item["subresources"] = new JsonArray([.. resource.Subresources.Select(subresource => (JsonNode?)new JsonObject
                {
                    ["subresource"] = subresource,
                    ["responseKind"] = Elsewhere(subresource) is { } other
                        ? new JsonObject { ["group"] = other.Group, ["version"] = other.Version, ["kind"] = other.Kind }
                        : Kind(resource.Kind),
                    ["verbs"] = Strings(VerbsOf(subresource)),
                })]);
            }
            resources.Add((JsonNode)item);
        }
        foreach (SelfReview review in SelfReview.For(cluster.Version).Where(review => review.Group == group && review.Version == version))
        {
            resources.Add((JsonNode)new JsonObject
            {
                ["resource"] = review.Plural,
                ["responseKind"] = Kind(review.Kind),
                ["scope"] = "Cluster",
                ["singularResource"] = review.Kind.ToLowerInvariant(),
                ["verbs"] = Strings(CreateOnly),
            });
        }
        return new JsonObject { ["version"] = version, ["resources"] = resources, ["freshness"] = "Current" };
    }

    // Subresources whose objects are of another group than the resource.
    private (string Group, string Version, string Kind)? Elsewhere(string subresource) => subresource switch
    {
        "scale" => ("autoscaling", "v1", "Scale"),
        "eviction" => ("policy", PodEvictions.Version(cluster.Version.Minor), "Eviction"),
        _ => null,
    };

    private static string[] VerbsOf(string subresource) => subresource == "eviction" ? CreateOnly : SubresourceVerbs;

    private static IEnumerable<ApiResource> Resources(ResourceCatalog catalog, string group, string version)
        => catalog.Resources.Where(resource => resource.Group == group && resource.Version == version).OrderBy(resource => resource.Plural, StringComparer.Ordinal);

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode?)value)]);
}
