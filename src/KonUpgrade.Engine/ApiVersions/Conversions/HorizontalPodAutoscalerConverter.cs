using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>Autoscalers of autoscaling/v2beta1, whose metrics had a field for each kind of target, on their way to v2beta2 and v2.</summary>
internal sealed class HorizontalPodAutoscalerConverter : IObjectConverter
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => ["HorizontalPodAutoscaler"];

    /// <inheritdoc/>
    public bool Converts(string from, string to) => from == "autoscaling/v2beta1" && to is "autoscaling/v2" or "autoscaling/v2beta2";

    /// <inheritdoc/>
    public IReadOnlyList<string> Convert(JsonObject o, string to)
    {
        // What it counted is counted anew.
        o.Remove("status");
        foreach (var metric in o.Mapping("spec")?.Mappings("metrics") ?? [])
        {
            foreach (var of in (string[])["resource", "containerResource"])
            {
                if (metric.Mapping(of) is { } resource)
                    resource["target"] = Target(resource);
            }

            if (metric.Mapping("pods") is { } pods)
            {
                Metric(pods, "selector");
                pods["target"] = Target(pods);
            }

            if (metric.Mapping("object") is { } one)
            {
                one["describedObject"] = one.Take("target");
                Metric(one, "selector");
                one["target"] = Target(one);
            }

            if (metric.Mapping("external") is { } external)
            {
                Metric(external, "metricSelector");
                external["target"] = Target(external);
            }
        }

        return [];
    }

    private static void Metric(JsonObject source, string selectorName)
    {
        var metric = new JsonObject { ["name"] = source.Take("metricName") };
        if (source.Take(selectorName) is { } selector)
            metric["selector"] = selector;
        source["metric"] = metric;
    }

    // An object's average is averageValue, that of the others targetAverageValue. The value of an object must be there, and counts only where there is no average.
    private static JsonObject Target(JsonObject source)
    {
        var utilization = source.Take("targetAverageUtilization");
        var average = source.Take("targetAverageValue") ?? source.Take("averageValue");
        var value = source.Take("targetValue");
        return (utilization, average) switch
        {
            (not null, _) => new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = utilization },
            (null, not null) => new JsonObject { ["type"] = "AverageValue", ["averageValue"] = average },
            _ => new JsonObject { ["type"] = "Value", ["value"] = value },
        };
    }
}
