using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>A plan as JSON, in the form that <see cref="PlanFile"/> reads. What is as its kind has it by itself is left out of steps, but for what a reader wants to see.</summary>
internal static class PlanJson
{
    /// <summary>The plan.</summary>
    public static JsonObject Of(UpgradePlan plan)
    {
        var metadata = new JsonObject { ["name"] = plan.Name };
        if (plan.CreatedAt != default)
            metadata["creationTimestamp"] = plan.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var root = new JsonObject
        {
            ["apiVersion"] = SystemDescription.ApiVersion,
            ["kind"] = "UpgradePlan",
            ["metadata"] = metadata,
            ["system"] = plan.System,
        };
        if (plan.Way == UpgradeWay.InPlace)
            root["way"] = plan.Way.ToString();
        Add(root, "targetVersion", plan.TargetVersion);
        root["blue"] = Of(plan.Blue);
        if (plan.Green is { } green)
            root["green"] = Of(green);
        if (!plan.Selection.IsEverything())
        {
            var selection = new JsonObject();
            Add(selection, "group", plan.Selection.Group);
            Add(selection, "kind", plan.Selection.Kind);
            Add(selection, "namespace", plan.Selection.Namespace);
            Add(selection, "labelSelector", plan.Selection.LabelSelector);
            root["selection"] = selection;
        }

        root["secret"] = plan.Secret.ToString();
        root["volume"] = plan.Volume.ToString();
        Add(root, "allowOutward", plan.AllowOutward);
        root["steps"] = new JsonArray([.. plan.Steps.Select(Of)]);
        return root;
    }

    /// <summary>What tells a plan from every other: the SHA-256 of what it says, as hexadecimal digits.</summary>
    public static string DigestOf(UpgradePlan plan) => Convert.ToHexString(SHA256.HashData(JsonTree.Write(Of(plan))));

    /// <summary>Whether two plans are for the same: made at another time, or read with another kubeconfig, they still are.</summary>
    public static bool IsSame(UpgradePlan one, UpgradePlan other) => DigestOf(Meant(one)) == DigestOf(Meant(other));

    /// <summary>In what two plans differ, for people: <c>volume</c>, <c>probeAddress of step 'traffic'</c>. Empty where they are for the same.</summary>
    public static IReadOnlyList<string> Differences(UpgradePlan one, UpgradePlan other)
    {
        var (first, second) = (Of(Meant(one)), Of(Meant(other)));
        var (steps, others) = (StepsOf(first), StepsOf(second));
        List<string> differing = [.. Differing(first, second).Select(name => name == "metadata" ? "name" : name)];
        foreach (var id in steps.Keys.Union(others.Keys))
        {
            if (!steps.TryGetValue(id, out var mine) || !others.TryGetValue(id, out var theirs))
                differing.Add($"step '{id}'");
            else
                differing.AddRange(Differing(mine, theirs).Select(name => $"{name} of step '{id}'"));
        }

        // Or in their order.
        return differing.Count == 0 && !IsSame(one, other) ? ["the order of the steps"] : differing;
    }

    private static Dictionary<string, JsonObject> StepsOf(JsonObject plan)
    {
        var steps = plan["steps"]!.AsArray().Select(step => step!.AsObject()).ToDictionary(step => step["id"]!.GetValue<string>(), StringComparer.Ordinal);
        plan.Remove("steps");
        return steps;
    }

    private static IEnumerable<string> Differing(JsonObject one, JsonObject other) =>
        one.Select(member => member.Key).Union(other.Select(member => member.Key)).Where(name => !JsonNode.DeepEquals(one[name], other[name]));

    private static UpgradePlan Meant(UpgradePlan plan) => plan with
    {
        CreatedAt = default,
        Blue = plan.Blue with { KubeConfigPath = null, ServerVersion = null },
        Green = plan.Green is { } green ? green with { KubeConfigPath = null, ServerVersion = null } : null,
    };

    private static JsonObject Of(UpgradeCluster cluster)
    {
        var json = new JsonObject { ["context"] = cluster.Context };
        Add(json, "kubeConfigPath", cluster.KubeConfigPath);
        json["clusterUid"] = cluster.ClusterUid;
        Add(json, "serverVersion", cluster.ServerVersion);
        return json;
    }

    private static JsonNode Of(UpgradeStep step)
    {
        var kind = StepKind.Find(step.Kind);
        var json = new JsonObject { ["id"] = step.Id, ["kind"] = step.Kind, ["title"] = step.Title };
        if (step.Target != UpgradeSide.None)
            json["target"] = step.Target.ToString();
        Add(json, "after", step.After);
        foreach (var (name, value) in step.Setting.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            json[name] = kind?.Fields.FirstOrDefault(f => f.Name == name)?.Type switch
            {
                StepFieldType.Texts => Texts(value.Split(',', StringSplitOptions.RemoveEmptyEntries)),
                // What is none is written as it is, for whoever reads it to refuse.
                StepFieldType.Number when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
                StepFieldType.Flag when value is "true" or "false" => JsonValue.Create(value == "true"),
                _ => JsonValue.Create(value),
            };
        }

        json["gate"] = step.Gate.ToString();
        json["risk"] = step.Risk.ToString();
        Add(json, "changes", step.Changes);
        Add(json, "undo", step.Undo);
        return json;
    }

    private static void Add(JsonObject json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json[name] = value;
    }

    private static void Add(JsonObject json, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
            json[name] = Texts(values);
    }

    private static JsonArray Texts(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)JsonValue.Create(v)!)]);
}
