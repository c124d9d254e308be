using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>
/// A pool on a real API server that has no nodes of its own: its nodes are objects, and scheduler and kubelets are played
/// here, for the pods of one namespace. All of it is taken away again.
/// </summary>
internal sealed class PlayedCluster : DrainableCluster
{
    private const string Label = "konupgrade-test";

    private readonly TestNamespace _space;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _nodes = [];
    private Task _playing = Task.CompletedTask;

    private PlayedCluster(ClusterConnection connection, string kubeConfigPath, TestNamespace space)
        : base(connection, kubeConfigPath, space.Name, $"{Label}={space.Name}", $"{space.Name}-old") => _space = space;

    /// <summary>Makes a namespace and the nodes of the pool.</summary>
    /// <param name="context">A context of the real clusters.</param>
    /// <param name="old">How many nodes.</param>
    public static async Task<PlayedCluster> StartAsync(string context, int old)
    {
        var path = RealClusters.KubeConfigPath!;
        var connection = await ClusterConnection.OpenAsync(new ClusterTarget(context, path), new ConnectionOptions(), NullReporter.Instance, Token);
        PlayedCluster cluster;
        try
        {
            await foreach (var node in connection.Client.ListAsync(Nodes, ListOptions.All, Token))
            {
                using (node)
                    Assert.SkipWhen(node.Label(Label) is null, $"needs a real server without nodes: {context} has {node.Name}");
            }
            cluster = new PlayedCluster(connection, path, await TestNamespace.CreateAsync(connection.Client, Token));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        try
        {
            for (var number = 1; number <= old; number++)
                await cluster.AddNodeAsync(cluster.Old(number));
            cluster._playing = cluster.PlayAsync();
            // Pods are refused before their namespace has one.
            await cluster.EventuallyAsync("the namespace has its ServiceAccount", async () =>
            {
                using var account = await connection.Client.GetAsync(ServiceAccounts, cluster.Namespace, "default", Token);
                return account is not null;
            });
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        var client = Connection.Client;
        // Its pods end on their nodes: those must be there and played until then.
        await _space.DisposeAsync();
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
        {
            try
            {
                while (!_playing.IsCompleted && await CountAsync(patience.Token) > 0)
                    await Task.Delay(100, patience.Token);
            }
            catch (OperationCanceledException)
            {
                // The cluster collects them when their nodes are gone.
            }
        }
        await _stop.CancelAsync();
        await _playing;
        _stop.Dispose();
        foreach (var node in _nodes)
            await client.DeleteAsync(Nodes, null, node, new DeleteOptions(), CancellationToken.None);
        await Connection.DisposeAsync();
    }

    private static ApiResource ServiceAccounts { get; } = new() { Group = "", Version = "v1", Kind = "ServiceAccount", Plural = "serviceaccounts", Namespaced = true };

    private async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var pod in Connection.Client.ListAsync(Pods, new ListOptions { Namespace = Namespace }, cancellationToken))
        {
            pod.Dispose();
            count++;
        }
        return count;
    }

    private async Task AddNodeAsync(string name)
    {
        var label = Selector.Split('=');
        _nodes.Add(name);
        using (await Connection.Client.CreateAsync(
            Nodes, null, Bytes($$$"""{"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{name}}}","labels":{"kubernetes.io/hostname":"{{{name}}}","{{{label[0]}}}":"{{{label[1]}}}"} } }"""), new WriteOptions(), Token))
        {
        }
        await BeatAsync(name, Token);
    }

    // A kubelet that says nothing for long is taken for lost, with all of its pods.
    private async Task BeatAsync(string node, CancellationToken cancellationToken)
    {
        var now = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var status = $$$"""
            {"status":{"allocatable":{"cpu":"4","memory":"16Gi","pods":"110"},"capacity":{"cpu":"4","memory":"16Gi","pods":"110"},
             "conditions":[{"type":"Ready","status":"True","reason":"KubeletReady","message":"","lastHeartbeatTime":"{{{now}}}","lastTransitionTime":"{{{now}}}"}]} }
            """;
        using var told = await Connection.Client.PatchAsync(Nodes, null, node, PatchKind.StrategicMerge, Bytes(status), new WriteOptions { FieldManager = "kubelet" }, cancellationToken, "status");
    }

    private async Task PlayAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            for (var beats = 0; await timer.WaitForNextTickAsync(_stop.Token); beats++)
            {
                if (beats % 100 == 99)
                {
                    foreach (var node in _nodes)
                        await BeatAsync(node, _stop.Token);
                }
                await foreach (var o in Connection.Client.ListAsync(Pods, new ListOptions { Namespace = Namespace }, _stop.Token))
                {
                    JsonObject pod;
                    using (o)
                        pod = JsonNode.Parse(o.Json.Span)!.AsObject();
                    await StepAsync(pod, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The play is over.
        }
    }

    private async Task StepAsync(JsonObject pod, CancellationToken cancellationToken)
    {
        var name = (string)pod["metadata"]!["name"]!;
        var node = (string?)pod["spec"]!["nodeName"];
        try
        {
            if (node is null)
            {
                if (pod["metadata"]!["deletionTimestamp"] is null && await PlaceAsync(pod, cancellationToken) is { } place)
                {
                    var binding = Bytes($$$"""{"apiVersion":"v1","kind":"Binding","metadata":{"name":"{{{name}}}"},"target":{"apiVersion":"v1","kind":"Node","name":"{{{place}}}"} }""");
                    using var bound = await Connection.Client.CreateSubresourceAsync(Pods, Namespace, name, "binding", binding, new WriteOptions(), cancellationToken);
                }
            }
            else if (pod["metadata"]!["deletionTimestamp"] is not null)
            {
                await Connection.Client.DeleteAsync(Pods, Namespace, name, new DeleteOptions { Uid = (string)pod["metadata"]!["uid"]!, GracePeriodSeconds = 0 }, cancellationToken);
            }
            else if ((string?)pod["status"]!["phase"] == "Pending")
            {
                var status = (string?)pod["spec"]!["restartPolicy"] == "Never"
                    ? """{"status":{"phase":"Succeeded"}}"""
                    : """{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""";
                using var told = await Connection.Client.PatchAsync(
                    Pods, Namespace, name, PatchKind.StrategicMerge, Bytes(status), new WriteOptions { FieldManager = "kubelet" }, cancellationToken, "status");
            }
        }
        catch (KubernetesApiException e) when (e.StatusCode is 404 or 409)
        {
            // It was changed meanwhile; the next look shows how.
        }
    }

    // Where a pod names its node, and where that takes pods: those of a DaemonSet ask for no leave.
    private async Task<string?> PlaceAsync(JsonObject pod, CancellationToken cancellationToken)
    {
        if ((string?)pod["spec"]!["affinity"]?["nodeAffinity"]?["requiredDuringSchedulingIgnoredDuringExecution"]?["nodeSelectorTerms"]?[0]?["matchFields"]?[0]?["values"]?[0] is { } daemon)
            return _nodes.Contains(daemon) ? daemon : null;
        if ((string?)pod["spec"]!["nodeSelector"]?["kubernetes.io/hostname"] is not { } host || !_nodes.Contains(host))
            return null;
        using var node = await Connection.Client.GetAsync(Nodes, null, host, cancellationToken);
        return node is not null && JsonNode.Parse(node.Json.Span)!["spec"]?["unschedulable"] is null ? host : null;
    }

    private static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);
}
