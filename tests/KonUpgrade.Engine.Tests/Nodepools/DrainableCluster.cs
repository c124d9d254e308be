using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>A cluster with a pool that can be drained, and what tests put on it.</summary>
/// <param name="connection">The cluster.</param>
/// <param name="kubeConfigPath">The kubeconfig that it is found in, under its context's name.</param>
/// <param name="ns">The namespace of all that is made.</param>
/// <param name="selector">The label selector of the pool, one label and its value.</param>
/// <param name="oldNodes">How the names of its nodes begin.</param>
internal abstract class DrainableCluster(ClusterConnection connection, string kubeConfigPath, string ns, string selector, string oldNodes) : IAsyncDisposable
{
    public ClusterConnection Connection { get; } = connection;

    public string KubeConfigPath { get; } = kubeConfigPath;

    public string Namespace { get; } = ns;

    /// <summary>The label selector of the pool.</summary>
    public string Selector { get; } = selector;

    public string OldNodes { get; } = oldNodes;

    public RecordingNodepoolHost Told { get; } = new();

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected static ApiResource Nodes { get; } = new() { Group = "", Version = "v1", Kind = "Node", Plural = "nodes", Namespaced = false };

    protected static ApiResource Pods { get; } = new() { Group = "", Version = "v1", Kind = "Pod", Plural = "pods", Namespaced = true };

    /// <summary>The name of an old node, from 1 on.</summary>
    public string Old(int number) => $"{OldNodes}-{number}";

    public Task<Nodepool> PoolAsync(string? selector = null) => PoolAsync(Connection, selector ?? Selector);

    public static async Task<Nodepool> PoolAsync(ClusterConnection connection, string selector) =>
        Assert.Single(await new LabelledNodes(connection, selector).ListAsync(Token));

    public async Task<NodepoolDrainer> DrainerAsync(DrainOptions? options = null, TimeProvider? time = null, string? selector = null) =>
        new(Connection, new LabelledNodes(Connection, selector ?? Selector), await PoolAsync(selector), options ?? new DrainOptions(), Told, time);

    public async Task<NodepoolChange> DrainAsync(DrainOptions? options = null, TimeProvider? time = null) => await (await DrainerAsync(options, time)).RunAsync(Token);
    public Task DeployAsync(string name, int replicas, string pod = "", string annotations = "{}") => CreateAsync(
        "apps", "Deployment",
        $$$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}"},"spec":{"replicas":{{{replicas}}},"selector":{"matchLabels":{"app":"{{{name}}}"} },
         "template":{"metadata":{"labels":{"app":"{{{name}}}"},"annotations":{{{annotations}}} },"spec":{"containers":[{"name":"main","image":"app:1"}]{{{pod}}} } } } }
        """);

    public Task ReadyAsync(string app, int count) => EventuallyAsync(
        $"{count} pods of {app} are ready", async () => (await ListAsync("Pod")).Count(p => (string?)p["metadata"]!["labels"]?["app"] == app && Condition(p, "Ready") == "True") == count);

    public Task BudgetAsync(string name, string rule, string app) => CreateAsync(
        "policy", "PodDisruptionBudget",
        $$$"""{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"{{{name}}}"},"spec":{ {{{rule}}},"selector":{"matchLabels":{"app":"{{{app}}}"} } } }""");

    public async Task ChangeBudgetAsync(string name, string rule)
    {
        var resource = (await Connection.Client.DiscoverAsync(Token)).FindPreferred("policy", "PodDisruptionBudget")!;
        using var changed = await Connection.Client.PatchAsync(resource, Namespace, name, PatchKind.Merge, Encoding.UTF8.GetBytes($$$"""{"spec":{ {{{rule}}} } }"""), new WriteOptions(), Token);
    }

    /// <summary>A StatefulSet of one pod.</summary>
    public Task StatefulAsync(string name, string pod = "") => CreateAsync(
        "apps", "StatefulSet",
        $$$"""
        {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"{{{name}}}"},"spec":{"replicas":1,"serviceName":"{{{name}}}","selector":{"matchLabels":{"app":"{{{name}}}"} },
         "template":{"metadata":{"labels":{"app":"{{{name}}}"} },"spec":{"containers":[{"name":"main","image":"app:1"}]{{{pod}}} } } } }
        """);

    /// <summary>A DaemonSet on the old pool.</summary>
    public Task DaemonAsync(string name)
    {
        var label = Selector.Split('=');
        return CreateAsync(
            "apps", "DaemonSet",
            $$$"""
            {"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"{{{name}}}"},"spec":{"selector":{"matchLabels":{"app":"{{{name}}}"} },
             "template":{"metadata":{"labels":{"app":"{{{name}}}"} },"spec":{"nodeSelector":{"{{{label[0]}}}":"{{{label[1]}}}"},"containers":[{"name":"main","image":"app:1"}]} } } }
            """);
    }

    public Task PodAsync(string name, string node, string metadata = "", string spec = "") => CreateAsync(
        "", "Pod", $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"{{{metadata}}} },"spec":{"nodeName":"{{{node}}}","containers":[{"name":"main","image":"app:1"}]{{{spec}}} } }""");

    public async Task CreateAsync(string group, string kind, string json)
    {
        var catalog = await Connection.Client.KnownCatalogAsync(Token);
        var resource = catalog.FindPreferred(group, kind)!;
        using var created = await Connection.Client.CreateAsync(resource, resource.Namespaced ? Namespace : null, Encoding.UTF8.GetBytes(json), new WriteOptions(), Token);
    }

    public async Task ScaleAsync(string deployment, int replicas)
    {
        using var scaled = await Connection.Client.PatchAsync(
            TestResources.Deployments, Namespace, deployment, PatchKind.Merge, Encoding.UTF8.GetBytes($$$"""{"spec":{"replicas":{{{replicas}}} } }"""), new WriteOptions(), Token);
    }

    public async Task PatchNodeAsync(string node, string patch)
    {
        using var patched = await Connection.Client.PatchAsync(Nodes, null, node, PatchKind.Merge, Encoding.UTF8.GetBytes(patch), new WriteOptions { FieldManager = "kubectl" }, Token);
    }

    public async Task<IReadOnlyList<JsonObject>> ListAsync(string kind)
    {
        var resource = kind == "Node" ? Nodes : Pods;
        var found = new List<JsonObject>();
        await foreach (var o in Connection.Client.ListAsync(resource, kind == "Node" ? ListOptions.All : new ListOptions { Namespace = Namespace }, Token))
        {
            using (o)
                found.Add(JsonNode.Parse(o.Json.Span)!.AsObject());
        }
        return found;
    }

    /// <summary>The pods on the old nodes, by name; those of Deployments by the Deployment's.</summary>
    public async Task<IReadOnlyList<string>> OnOldAsync() =>
    [
        .. (await ListAsync("Pod")).Where(p => ((string?)p["spec"]!["nodeName"])?.StartsWith(OldNodes, StringComparison.Ordinal) == true)
            .Select(p => (string?)p["metadata"]!["labels"]?["app"] ?? (string)p["metadata"]!["name"]!).Order(StringComparer.Ordinal),
    ];

    public async Task<JsonObject> NodeAsync(string name) => (await ListAsync("Node")).Single(n => (string?)n["metadata"]!["name"] == name);

    public Task EventuallyAsync(string what, Func<Task<bool>> condition) => Eventually.TrueAsync(condition, what, Token, () => Told.Text);

    public Task ToldAsync(string text) => EventuallyAsync($"it says: {text}", () => Task.FromResult(Told.Text.Contains(text, StringComparison.Ordinal)));

    public abstract ValueTask DisposeAsync();

    protected static string? Condition(JsonObject o, string type) => (string?)o["status"]?["conditions"]?.AsArray().FirstOrDefault(c => (string?)c!["type"] == type)?["status"];
}
