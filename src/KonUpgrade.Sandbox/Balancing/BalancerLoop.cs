using System.Text.Json.Nodes;
using System.Threading.Channels;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Balancing;

/// <summary>Gives the Ingresses and the Services of type LoadBalancer of a cluster their load balancers, and tells their addresses in the status.</summary>
internal sealed class BalancerLoop : IAsyncDisposable
{
    private const string Manager = "aws-load-balancer-controller";

    private static readonly (string Group, string Plural)[] Kinds = [("networking.k8s.io", "ingresses"), ("", "services")];

    private readonly SimulatedCluster _cluster;
    private readonly string _region;
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public BalancerLoop(SimulatedCluster cluster, string region)
    {
        (_cluster, _region) = (cluster, region);
        cluster.Store.Changed += Follow;
        _changes.Writer.TryWrite(true);
        _running = Task.Run(RunAsync);
    }

    public string Cluster => _cluster.Name;

    /// <summary>The load balancers there are.</summary>
    public IEnumerable<Balancer> Balancers => Wanting().Select(entry => Balancer.Of(entry.Item, _cluster.Name, _region));

    public async ValueTask DisposeAsync()
    {
        _cluster.Store.Changed -= Follow;
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    // Called under the store's gate. One signal that waits stands for all that come meanwhile.
    private void Follow(Collection collection, StoreEvent change)
    {
        if (collection.Name is "ingresses.networking.k8s.io" or "services") _changes.Writer.TryWrite(true);
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (bool _ in _changes.Reader.ReadAllAsync(_stop.Token)) Work();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    private void Work()
    {
        foreach ((ApiResource kind, JsonObject item) in Wanting().ToList())
        {
            string name = Balancer.Of(item, _cluster.Name, _region).DnsName;
            try
            {
                _cluster.Writes.ChangeStored(kind, StoredObject.KeyOf(Metadata.Namespace(item), Metadata.Name(item)), stored =>
                {
                    if (stored["status"] is not JsonObject status) stored["status"] = status = [];
                    // An address that somebody laid into it stays.
                    if (status["loadBalancer"]?["ingress"] is JsonArray { Count: > 0 }) return false;
                    status["loadBalancer"] = new JsonObject { ["ingress"] = new JsonArray(new JsonObject { ["hostname"] = name }) };
                    return true;
                }, Manager);
            }
            catch (ApiError refused)
            {
                // As a real controller does: what the server refuses now, it may take later.
                _cluster.Settings.Log.WriteLine($"{_cluster.Name}: {Manager}: {refused.Message}");
            }
        }
    }

    private IEnumerable<(ApiResource Kind, JsonObject Item)> Wanting()
    {
        foreach ((string group, string plural) in Kinds)
        {
            if (_cluster.Catalog.FindPreferred(group, plural) is not { } served || _cluster.Catalog.InStorage(served) is not { } kind) continue;
            foreach (StoredObject stored in _cluster.Store.Snapshot(kind.Collection).Objects)
            {
                JsonObject item = kind.Read(stored);
                if (!Metadata.IsTerminating(item) && (plural == "ingresses" || (string?)item["spec"]?["type"] == "LoadBalancer")) yield return (kind, item);
            }
        }
    }
}
