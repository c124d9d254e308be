using System.Text.Json;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas.Conversions;

/// <summary>
/// HorizontalPodAutoscaler: v2 and v2beta2 are alike; v2beta1 has its targets flat; v1 knows the CPU only and keeps the
/// rest in annotations, in the notation of v2beta1.
/// </summary>
internal sealed class HpaShapes : IVersionShapes
{
    private const string MetricsNote = "autoscaling.alpha.kubernetes.io/metrics";
    private const string BehaviorNote = "autoscaling.alpha.kubernetes.io/behavior";

    public void ToCommon(JsonObject obj, string group, string version)
    {
        if (version is not ("v1" or "v2beta1") || obj["spec"] is not JsonObject spec)
            return;
        Restore(obj, spec, "behavior", BehaviorNote);
        if (spec.Take("behavior") is { } behavior)
            spec["behavior"] = Cased(behavior, char.ToLowerInvariant);
        if (version == "v1")
        {
            Restore(obj, spec, "metrics", MetricsNote);
            if (spec.Take("targetCPUUtilizationPercentage") is { } percent)
            {
                var cpu = new JsonObject { ["type"] = "Resource", ["resource"] = new JsonObject { ["name"] = "cpu", ["targetAverageUtilization"] = percent } };
                spec["metrics"] = new JsonArray([cpu, .. Json.Detach(spec["metrics"] as JsonArray ?? [])]);
            }
            (obj["status"] as JsonObject)?.Remove("currentCPUUtilizationPercentage");
        }
        foreach (var metric in Fields.Items(spec["metrics"]))
            Nest(metric);
    }

    public void FromCommon(JsonObject obj, string group, string version)
    {
        if (version is not ("v1" or "v2beta1") || obj["spec"] is not JsonObject spec)
            return;
        // The server writes its internal form there, whose names begin with capitals.
        Keep(obj, Cased(spec.Take("behavior"), char.ToUpperInvariant), BehaviorNote);
        foreach (var metric in Fields.Items(spec["metrics"]))
            Flatten(metric);
        if (version == "v2beta1")
            return;
        var others = new JsonArray();
        foreach (var metric in Json.Detach(spec.Take("metrics") as JsonArray ?? []))
        {
            if (!spec.ContainsKey("targetCPUUtilizationPercentage") && Json.Text(metric?["resource"]?["name"]) == "cpu" && metric!["resource"]!["targetAverageUtilization"] is { } percent)
                spec["targetCPUUtilizationPercentage"] = percent.DeepClone();
            else
                others.Add(metric);
        }
        Keep(obj, others.Count > 0 ? others : null, MetricsNote);
        (obj["status"] as JsonObject)?.Remove("currentMetrics");
    }

    private static void Keep(JsonObject obj, JsonNode? value, string annotation)
    {
        if (value is not null)
            Fields.Annotations(obj)[annotation] = value.ToJsonString();
    }

    private static JsonNode? Cased(JsonNode? value, Func<char, char> first)
    {
        switch (value)
        {
            case JsonObject map:
                var cased = new JsonObject();
                foreach (var (name, inner) in map)
                {
                    if (inner is not null)
                        cased[first(name[0]) + name[1..]] = Cased(inner, first);
                }
                return cased;
            case JsonArray list:
                return new JsonArray(list.Select(i => Cased(i, first)).ToArray());
            default:
                return value?.DeepClone();
        }
    }

    private static void Restore(JsonObject obj, JsonObject spec, string name, string annotation)
    {
        if (obj["metadata"]?["annotations"] is not JsonObject annotations || Json.Text(annotations[annotation]) is not { } text)
            return;
        try
        {
            spec.Put(name, JsonNode.Parse(text));
            annotations.Remove(annotation);
        }
        catch (JsonException)
        {
            // Somebody's own words under this name: they stay an annotation.
        }
    }

    /// <summary>targetAverageUtilization and its like become target, metricName becomes metric.</summary>
    private static void Nest(JsonObject metric)
    {
        foreach (var (source, _) in metric.Where(p => p.Value is JsonObject).ToArray())
        {
            var body = (JsonObject)metric[source]!;
            if (source == "object")
            {
                body.Rename("target", "describedObject");
                body.Rename("averageValue", "targetAverageValue");
            }
            if (body.Take("metricName") is { } name)
            {
                var identity = new JsonObject { ["name"] = name };
                identity.Put("selector", body.Take("metricSelector") ?? body.Take("selector"));
                body["metric"] = identity;
            }
            var target = new JsonObject();
            if (body.Take("targetAverageUtilization") is { } utilization)
                (target["type"], target["averageUtilization"]) = ("Utilization", utilization);
            if (body.Take("targetAverageValue") is { } average)
            {
                target["type"] ??= "AverageValue";
                target["averageValue"] = average;
            }
            if (body.Take("targetValue") is { } value)
            {
                // An average was asked for: the value of an Object metric is then only written for form's sake.
                if (target.Count == 0)
                    (target["type"], target["value"]) = ("Value", value);
            }
            if (target.Count > 0)
                body["target"] = target;
        }
    }

    private static void Flatten(JsonObject metric)
    {
        foreach (var (source, _) in metric.Where(p => p.Value is JsonObject).ToArray())
        {
            var body = (JsonObject)metric[source]!;
            if (body.Take("target") is JsonObject target)
            {
                body.Put("targetAverageUtilization", target.Take("averageUtilization"));
                body.Put("targetAverageValue", target.Take("averageValue"));
                body.Put("targetValue", target.Take("value"));
            }
            if (body.Take("metric") is JsonObject identity)
            {
                body.Put("metricName", identity.Take("name"));
                body.Put(source == "external" ? "metricSelector" : "selector", identity.Take("selector"));
            }
            if (source == "object")
            {
                body.Rename("describedObject", "target");
                body.Rename("targetAverageValue", "averageValue");
            }
        }
    }
}
