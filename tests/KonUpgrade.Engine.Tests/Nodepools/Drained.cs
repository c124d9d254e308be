using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Draining.Filters;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Nodes;
using KonUpgrade.Engine.Nodepools.Pods;
using KonUpgrade.Engine.Workloads.Budgets;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>Objects that drains are about, each with what a test says of it and nothing more.</summary>
internal static class Drained
{
    public static DateTimeOffset Now { get; } = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public static PodFacts Pod(
        string name, string ns = "shop", string? node = "old-1", string? owner = "ReplicaSet web-1", string ownerVersion = "apps/v1", string phase = "Running",
        bool ready = true, string annotations = "{}", string labels = """{"app":"web"}""", string spec = "{}", DateTimeOffset? deleted = null)
    {
        var o = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = ns,
                ["uid"] = $"uid-{ns}-{name}",
                ["annotations"] = JsonNode.Parse(annotations),
                ["labels"] = JsonNode.Parse(labels),
            },
            ["spec"] = JsonNode.Parse(spec),
            ["status"] = new JsonObject
            {
                ["phase"] = phase,
                ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = ready ? "True" : "False" }),
            },
        };
        if (owner is not null)
        {
            var words = owner.Split(' ');
            o["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = ownerVersion, ["kind"] = words[0], ["name"] = words[1], ["uid"] = "u", ["controller"] = true });
        }
        if (deleted is { } at)
            o["metadata"]!["deletionTimestamp"] = at.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        if (node is not null)
            o["spec"]!["nodeName"] = node;
        using var read = Parse(o.ToJsonString());
        return PodFacts.Of(read);
    }

    public static NodeFacts Node(string name, string cpu = "4", string memory = "16Gi", string pods = "110", string spec = "{}", string labels = "{}", bool ready = true)
    {
        using var read = Parse($$$"""
            {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{name}}}","labels":{{{labels}}} },"spec":{{{spec}}},
             "status":{"allocatable":{"cpu":"{{{cpu}}}","memory":"{{{memory}}}","pods":"{{{pods}}}"},"conditions":[{"type":"Ready","status":"{{{(ready ? "True" : "Unknown")}}}"}]}}
            """);
        return NodeFacts.Of(read);
    }

    public static PodBudget Budget(
        string name, long needed, long have, long allowed, long expected, string ns = "shop", string selector = """{"matchLabels":{"app":"web"}}""",
        string version = "v1", long generation = 1, long observed = 1, string? unhealthy = null)
    {
        using var read = Parse($$$"""
            {"apiVersion":"policy/{{{version}}}","kind":"PodDisruptionBudget","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}","generation":{{{generation}}} },
             "spec":{"selector":{{{selector}}}{{{(unhealthy is null ? "" : $",\"unhealthyPodEvictionPolicy\":\"{unhealthy}\"")}}} },
             "status":{"desiredHealthy":{{{needed}}},"currentHealthy":{{{have}}},"disruptionsAllowed":{{{allowed}}},"expectedPods":{{{expected}}},"observedGeneration":{{{observed}}} }}
            """);
        return PodBudget.Of(read);
    }

    public static KubernetesObject Parse(string json) => KubernetesObject.Parse(Encoding.UTF8.GetBytes(json));

    public static (PodVerdict Verdict, IReadOnlyList<string> Warnings) Judge(PodFacts pod, DrainOptions options, params (string Name, DaemonSetState State)[] daemonSets) =>
        new PodFilters(options.Force, options.DeleteEmptyDirData, options.SkipWaitForDeleteTimeout, daemonSets.ToDictionary(d => (pod.Namespace, d.Name), d => d.State), Now).Judge(pod);

    public static NodepoolDrainPlan Plan(
        IReadOnlyList<PodFacts> pods, DrainOptions? options = null, IReadOnlyList<NodeFacts>? staying = null, IReadOnlyList<PodFacts>? others = null,
        IReadOnlyList<PodBudget>? budgets = null, Dictionary<(string, string), DaemonSetState>? daemonSets = null) =>
        new DrainPlanner(
            new DrainFacts
            {
                Leaving = [.. pods.Select(p => p.Node!).Distinct().Select(name => Node(name))],
                Staying = staying ?? [Node("new-1", cpu: "64", memory: "256Gi")],
                Pods = pods,
                OtherPods = others ?? [],
                Budgets = budgets ?? [],
                DaemonSets = daemonSets ?? [],
            },
            options ?? new DrainOptions(),
            Now).Plan("blue", "old");
}
