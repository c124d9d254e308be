using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Behaviors;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Balancing;

/// <summary>Gives the Ingresses and the Services of type LoadBalancer of a cluster their load balancers, and tells their addresses in the status.</summary>
internal sealed class BalancerLoop : IAsyncDisposable
{
    private const string Manager = "aws-load-balancer-controller";

    private static readonly HashSet<string> s_followed = new(StringComparer.Ordinal) { "ingresses.networking.k8s.io", "services" };

    private static readonly (string Group, string Plural)[] Kinds = [("networking.k8s.io", "ingresses"), ("", "services")];

    private readonly SimulatedCluster _cluster;
    private readonly string _region;
    private readonly ChangeLoop _loop;

    public BalancerLoop(SimulatedCluster cluster, string region)
    {
        (_cluster, _region) = (cluster, region);
        _loop = new ChangeLoop(cluster, s_followed, Work, isBegun: true);
    }

    public string Cluster => _cluster.Name;

    /// <summary>The load balancers there are.</summary>
    public IEnumerable<Balancer> Balancers => Wanting().Select(entry => Balancer.Of(entry.Item, _cluster.Name, _region));

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

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
