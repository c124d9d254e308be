using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks.Operations;

/// <summary>ListInsights, which is a POST with a filter, and DescribeInsight.</summary>
internal static class Insights
{
    public static JsonObject List(EksRegion region, EksRequest request)
    {
        EksCluster cluster = EksOperations.Cluster(region, request);
        HashSet<string>? categories = Asked(request, "categories"), statuses = Asked(request, "statuses"), versions = Asked(request, "kubernetesVersions");
        if (categories?.FirstOrDefault(category => !region.Settings.InsightCategories.Contains(category)) is { } unknown)
            throw request.InvalidParameter($"Invalid insight category: {unknown}");
        EksInsight[] all = [.. cluster.Insights.Where(insight => categories?.Contains(insight.Category) != false && statuses?.Contains(insight.Status) != false && versions?.Contains(Version(insight, cluster)) != false)];
        return Pages.Of(request, "insights", [.. all.Select(insight => insight.Id).Order(StringComparer.Ordinal)], id => Summary(all.First(insight => insight.Id == id), cluster));
    }

    public static JsonObject Describe(EksRegion region, EksRequest request)
    {
        EksCluster cluster = EksOperations.Cluster(region, request);
        EksInsight insight = cluster.Insights.FirstOrDefault(insight => insight.Id == request.InsightId)
            ?? throw new EksError(404, "ResourceNotFoundException", $"No insight found for ID: {request.InsightId}") { Cluster = request.Cluster };
        JsonObject told = Summary(insight, cluster);
        told["recommendation"] = insight.Recommendation;
        told["additionalInfo"] = new JsonObject();
        told["resources"] = new JsonArray([.. insight.ResourceUris.Select(uri => (JsonNode?)new JsonObject { ["insightStatus"] = new JsonObject { ["status"] = insight.Status }, ["kubernetesResourceUri"] = uri })]);
        told["categorySpecificSummary"] = new JsonObject
        {
            ["deprecationDetails"] = new JsonArray([.. insight.Deprecations.Select(deprecation => (JsonNode?)Detail(deprecation))]),
            ["addonCompatibilityDetails"] = new JsonArray(),
        };
        return new JsonObject { ["insight"] = told };
    }

    private static JsonObject Summary(EksInsight insight, EksCluster cluster) => new()
    {
        ["id"] = insight.Id,
        ["name"] = insight.Name,
        ["category"] = insight.Category,
        ["kubernetesVersion"] = Version(insight, cluster),
        ["lastRefreshTime"] = Wire.Time(insight.LastRefreshTime ?? cluster.Now),
        ["lastTransitionTime"] = Wire.Time(insight.LastRefreshTime ?? cluster.Now),
        ["description"] = insight.Name,
        ["insightStatus"] = new JsonObject { ["status"] = insight.Status, ["reason"] = insight.Reason },
    };

    private static JsonObject Detail(EksDeprecation deprecation) => new()
    {
        ["usage"] = deprecation.Usage,
        ["replacedWith"] = deprecation.ReplacedWith,
        ["stopServingVersion"] = deprecation.StopServingVersion,
        ["startServingReplacementVersion"] = deprecation.StartServingReplacementVersion,
        ["clientStats"] = new JsonArray([.. deprecation.Clients.Select(client => (JsonNode?)new JsonObject
        {
            ["userAgent"] = client.UserAgent,
            ["numberOfRequestsLast30Days"] = client.Requests,
            ["lastRequestTime"] = Wire.Time(client.LastRequestTime),
        })]),
    };

    private static string Version(EksInsight insight, EksCluster cluster) => insight.KubernetesVersion ?? $"1.{cluster.Minor + 1}";

    private static HashSet<string>? Asked(EksRequest request, string field)
        => (request.Body["filter"] as JsonObject)?[field] is JsonArray { Count: > 0 } asked ? [.. asked.Select(value => (string?)value ?? string.Empty)] : null;
}
