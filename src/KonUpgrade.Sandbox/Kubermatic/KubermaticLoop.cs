using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Kubermatic;

/// <summary>
/// What of a Kubermatic works in its clusters: the operator of the master, which brings its version and the limit to each
/// seed that it does not leave alone, and the controller of each seed, which reconciles as many user clusters at once as
/// its limit lets it. One round does what real ones do in minutes.
/// </summary>
internal sealed class KubermaticLoop : IAsyncDisposable
{
    private const string Group = "kubermatic.k8c.io";
    private const string Controller = "kubermatic-seed-controller-manager";
    private const string LimitArgument = "-max-parallel-reconcile=";
    private const string UpToDate = "SeedResourcesUpToDate";
    private const string ClusterController = "ClusterControllerReconciledSuccessfully";
    private const int DefaultLimit = 10;

    private static readonly string[] s_conditions =
    [
        UpToDate, ClusterController, "AddonControllerReconciledSuccessfully", "CloudControllerReconciledSuccessfully",
        "UpdateControllerReconciledSuccessfully", "MonitoringControllerReconciledSuccessfully",
    ];

    private readonly SimulatedCluster _master;
    private readonly IReadOnlyDictionary<string, SimulatedCluster> _seeds;
    private readonly TimeSpan _pace;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, int> _most = new(StringComparer.Ordinal);
    private readonly object _gate = new();
    private readonly Task _running;
    private string? _version;

    public KubermaticLoop(SimulatedCluster master, IReadOnlyDictionary<string, SimulatedCluster> seeds, TimeSpan pace)
    {
        (_master, _seeds, _pace) = (master, seeds, pace);
        _running = Task.Run(RunAsync);
    }

    /// <summary>The most user clusters that a seed has had in progress at once.</summary>
    public int MostAtOnce(string seed)
    {
        lock (_gate) return _most.GetValueOrDefault(seed);
    }

    /// <summary>What an installer does: another operator, and the configuration as its file has it.</summary>
    /// <param name="version">The version.</param>
    /// <param name="seedController">What the file has under <c>spec.seedController</c>; null for nothing.</param>
    public void Install(string version, JsonObject? seedController)
    {
        lock (_gate)
        {
            _version = version;
            Change(_master, "kubermaticconfigurations", _ => true, configuration =>
            {
                JsonObject spec = Part(configuration, "spec");
                spec.Remove("seedController");
                if (seedController is not null) spec["seedController"] = seedController.DeepClone();
                return true;
            });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_pace);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                lock (_gate) Round();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    private void Round()
    {
        if (All(_master, "kubermaticconfigurations").FirstOrDefault() is not { } configuration) return;
        string version = _version ??= Text(configuration["status"]?["kubermaticVersion"]) ?? "v0.0.0";
        int limit = configuration["spec"]?["seedController"]?["maximumParallelReconciles"] is JsonValue value && value.TryGetValue(out long number) && number != 0 ? (int)number : DefaultLimit;
        Change(_master, "kubermaticconfigurations", _ => true, item => Set(Part(item, "status"), "kubermaticVersion", version));
        foreach (JsonObject seed in All(_master, "seeds").ToList())
        {
            string name = Metadata.Name(seed);
            if (!_seeds.TryGetValue(name, out SimulatedCluster? cluster)) continue;
            bool leftAlone = Metadata.Of(seed)["annotations"] is JsonObject annotations && Text(annotations["kubermatic.k8c.io/skip-reconciling"]) is { Length: > 0 };
            if (!leftAlone) Roll(cluster, version, limit);
            Reconcile(name, cluster);
            int count = All(cluster, "clusters").Count();
            Change(_master, "seeds", item => Metadata.Name(item) == name, item =>
            {
                JsonObject status = Part(item, "status");
                bool changed = Set(status, "phase", leftAlone ? "Paused" : "Healthy") | Set(status, "clusters", (long)count);
                return (!leftAlone && Set(Part(status, "versions"), "kubermatic", version)) | changed;
            });
        }
    }

    // The operator writes the controller's Deployment; its Pods are renewed by the next look.
    private static void Roll(SimulatedCluster cluster, string version, int limit)
    {
        ApiResource deployments = cluster.Catalog.InStorage(cluster.BuiltIn("apps", "deployments"))!;
        cluster.Writes.ChangeStored(deployments, StoredObject.KeyOf("kubermatic", Controller), item =>
        {
            if (item["spec"]?["template"]?["spec"]?["containers"]?[0] is not JsonObject container) return false;
            string argument = string.Create(CultureInfo.InvariantCulture, $"{LimitArgument}{limit}"), image = $"quay.io/kubermatic/kubermatic:{version}";
            bool changed = Set(container, "image", image);
            if (container["args"] is JsonArray { Count: 1 } args && Text(args[0]) == argument) return changed;
            container["args"] = new JsonArray(argument);
            return true;
        });
    }

    private void Reconcile(string seed, SimulatedCluster cluster)
    {
        ApiResource deployments = cluster.BuiltIn("apps", "deployments");
        if (cluster.Store.Find(deployments.Collection, StoredObject.KeyOf("kubermatic", Controller)) is not { } stored) return;
        JsonNode? container = deployments.Read(stored)["spec"]?["template"]?["spec"]?["containers"]?[0];
        if (Text(container?["image"])?.Split(':') is not [_, var version]) return;
        string? argument = (container?["args"] as JsonArray)?.Select(Text).FirstOrDefault(arg => arg?.StartsWith(LimitArgument, StringComparison.Ordinal) == true);
        int limit = argument is null ? DefaultLimit : int.Parse(argument[LimitArgument.Length..], CultureInfo.InvariantCulture);
        // What was begun in an earlier round is through; then as many are begun as the limit lets.
        Change(cluster, "clusters", item => IsWorkedOn(item) && !Is(item, UpToDate), item => Tell(item, version, upToDate: true));
        int inProgress = All(cluster, "clusters").Count(item => !Is(item, UpToDate));
        Change(cluster, "clusters", item => IsWorkedOn(item) && !IsDone(item, version), item =>
        {
            if (inProgress >= limit) return Condition(item, ClusterController, isTrue: false, version: null);
            inProgress++;
            return Tell(item, version, upToDate: false);
        });
        _most[seed] = Math.Max(_most.GetValueOrDefault(seed), inProgress);
    }

    private static bool IsWorkedOn(JsonObject cluster) =>
        !Metadata.IsTerminating(cluster) && !(cluster["spec"]?["pause"] is JsonValue value && value.TryGetValue(out bool paused) && paused);

    private static bool IsDone(JsonObject cluster, string version) => s_conditions.All(name => Is(cluster, name) && Text(cluster["status"]?["conditions"]?[name]?["kubermaticVersion"]) == version);

    private static bool Is(JsonObject cluster, string condition) => Text(cluster["status"]?["conditions"]?[condition]?["status"]) == "True";

    private static bool Tell(JsonObject cluster, string version, bool upToDate)
    {
        bool changed = false;
        foreach (string name in s_conditions) changed |= Condition(cluster, name, upToDate || name != UpToDate, version);
        return changed;
    }

    private static bool Condition(JsonObject cluster, string name, bool isTrue, string? version)
    {
        JsonObject condition = Part(Part(Part(cluster, "status"), "conditions"), name);
        bool changed = Set(condition, "status", isTrue ? "True" : "False");
        if (changed) condition["lastTransitionTime"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return (version is not null && Set(condition, "kubermaticVersion", version)) | changed;
    }

    private static IEnumerable<JsonObject> All(SimulatedCluster cluster, string plural) =>
        Kind(cluster, plural) is { } kind ? cluster.Store.Snapshot(kind.Collection).Objects.Select(kind.Read) : [];

    private static void Change(SimulatedCluster cluster, string plural, Func<JsonObject, bool> which, Func<JsonObject, bool> change)
    {
        if (Kind(cluster, plural) is not { } kind) return;
        foreach (StoredObject stored in cluster.Store.Snapshot(kind.Collection).Objects)
        {
            if (which(kind.Read(stored))) cluster.Writes.ChangeStored(kind, stored.Key, change, "kubermatic-operator");
        }
    }

    private static ApiResource? Kind(SimulatedCluster cluster, string plural) => cluster.Catalog.FindPreferred(Group, plural) is { } any ? cluster.Catalog.InStorage(any) : null;

    private static JsonObject Part(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject part) return part;
        var made = new JsonObject();
        parent[name] = made;
        return made;
    }

    private static bool Set(JsonObject parent, string name, JsonNode value)
    {
        if (parent[name] is { } there && JsonNode.DeepEquals(there, value)) return false;
        parent[name] = value;
        return true;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
