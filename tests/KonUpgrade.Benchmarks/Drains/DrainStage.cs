using System.Globalization;
using System.Text.Json.Nodes;

namespace KonUpgrade.Benchmarks.Drains;

/// <summary>A cluster of its own, in a process of its own, where all pods of a scene run on the pool that is to be drained.</summary>
internal sealed class DrainStage : IAsyncDisposable
{
    public const string Context = "bench";

    /// <summary>The label selector of the pool.</summary>
    public const string Pool = "pool=blue";

    private const string Plane = $"clusters/{Context}/data-plane";

    // As for imports: a server that writes to a disk takes some time.
    private static readonly TimeSpan WriteDelay = TimeSpan.FromMilliseconds(8);

    private readonly SandboxProcess _sandbox;
    private readonly RawClient _client;

    private DrainStage(SandboxProcess sandbox, RawClient client)
    {
        _sandbox = sandbox;
        _client = client;
    }

    public string KubeConfig => _sandbox.KubeConfig;

    /// <summary>Lays the scene out by hand on a clock that stands still, then lets the clock go as fast as the real one.</summary>
    public static async Task<DrainStage> StartAsync(DrainScene scene, CancellationToken cancellationToken)
    {
        var sandbox = await SandboxProcess.StartAsync([$"{Context}=1.33"], WriteDelay, cancellationToken);
        var stage = new DrainStage(sandbox, await RawClient.OpenAsync(sandbox.KubeConfig, Context, cancellationToken));
        try
        {
            await stage.SetSpeedAsync(0, cancellationToken);
            await stage.AddNodesAsync("blue", scene.Nodes, cancellationToken);
            await stage._client.PostAllAsync(scene.NamespaceObjects(), parallel: 16, cancellationToken);
            await stage._client.PostAllAsync(scene.Workloads(), parallel: 16, cancellationToken);
            await stage.AdvanceAsync(cancellationToken);
            // These come when all pods have their nodes.
            await stage.AddNodesAsync("green", scene.Nodes, cancellationToken);
            await stage.AdvanceAsync(cancellationToken);
            await stage.CheckLaidOutAsync(scene, cancellationToken);
            await stage.SetSpeedAsync(1, cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many times a budget was violated since the stage stood.</summary>
    public async Task<int> ViolationsAsync(CancellationToken cancellationToken) =>
        (int)(await _sandbox.ControlAsync(HttpMethod.Get, Plane, null, cancellationToken))["budgetViolations"]!;

    /// <summary>Makes sure that nothing is left on the pool.</summary>
    public async Task CheckDrainedAsync(CancellationToken cancellationToken)
    {
        var left = (await PodsAsync(cancellationToken)).Count(IsOnBlue);
        if (left > 0)
            throw new InvalidOperationException($"{left} pods are left on the pool.");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _sandbox.DisposeAsync();
    }

    private async Task CheckLaidOutAsync(DrainScene scene, CancellationToken cancellationToken)
    {
        var pods = await PodsAsync(cancellationToken);
        var ready = pods.Count(pod => IsOnBlue(pod) && pod["status"]!["conditions"]!.AsArray().Any(condition => (string?)condition!["type"] == "Ready" && (string?)condition["status"] == "True"));
        var budgets = (await ListAsync("/apis/policy/v1/poddisruptionbudgets", cancellationToken)).Count(budget => (int?)budget["status"]?["disruptionsAllowed"] == 1);
        if (pods.Count != scene.PodCount || ready != scene.PodCount || budgets != scene.Deployments)
            throw new InvalidOperationException($"Of {scene.PodCount} pods there are {pods.Count}, {ready} of them ready on the pool, and {budgets} of {scene.Deployments} budgets let one go.");
    }

    private Task<JsonNode> SetSpeedAsync(int speed, CancellationToken cancellationToken) => _sandbox.ControlAsync(
        HttpMethod.Put,
        Plane,
        new JsonObject { ["speed"] = speed, ["readyAfter"] = string.Create(CultureInfo.InvariantCulture, $"{DrainScene.ReadyAfter.TotalSeconds}s") },
        cancellationToken);

    // Long enough for all that a start takes.
    private Task<JsonNode> AdvanceAsync(CancellationToken cancellationToken) => _sandbox.ControlAsync(HttpMethod.Post, $"{Plane}/advance?by=30s", null, cancellationToken);

    private async Task AddNodesAsync(string pool, int count, CancellationToken cancellationToken)
    {
        for (var number = 1; number <= count; number++)
        {
            var node = new JsonObject { ["name"] = string.Create(CultureInfo.InvariantCulture, $"{pool}-{number:D2}"), ["labels"] = new JsonObject { ["pool"] = pool } };
            await _sandbox.ControlAsync(HttpMethod.Post, $"{Plane}/nodes", node, cancellationToken);
        }
        await AdvanceAsync(cancellationToken);
    }

    private Task<List<JsonNode>> PodsAsync(CancellationToken cancellationToken) => ListAsync("/api/v1/pods", cancellationToken);

    private async Task<List<JsonNode>> ListAsync(string path, CancellationToken cancellationToken) =>
        [.. JsonNode.Parse(await _client.GetAsync(path, cancellationToken))!["items"]!.AsArray().OfType<JsonNode>()];

    private static bool IsOnBlue(JsonNode pod) => ((string?)pod["spec"]!["nodeName"])?.StartsWith("blue-", StringComparison.Ordinal) == true;
}
