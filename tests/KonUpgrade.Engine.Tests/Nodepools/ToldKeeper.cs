using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>A keeper of one pool that says of it what the test says; its nodes are the cluster's own.</summary>
internal sealed class ToldKeeper(ClusterConnection cluster, string selector) : INodepoolKeeper
{
    public string Name => "Told";

    public Func<Nodepool, Nodepool?> Tell { get; set; } = pool => pool;

    public List<string> Asked { get; } = [];

    public UpgradeException? RemovalFails { get; set; }

    public async Task<IReadOnlyList<Nodepool>> ListAsync(CancellationToken cancellationToken) => await FindAsync("told", cancellationToken) is { } pool ? [pool] : [];

    public async Task<Nodepool?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var labelled = await new LabelledNodes(cluster, selector).ListAsync(cancellationToken);
        var pool = labelled.Count > 0 ? labelled[0] : new Nodepool { Name = name, Provider = Name, Selector = selector };
        return Tell(pool with { Name = name, Provider = Name, Id = "id-1", Status = "ACTIVE", Offers = NodepoolOffers.Create | NodepoolOffers.Remove | NodepoolOffers.Resize | NodepoolOffers.Update });
    }

    public Task<NodepoolShape> CompleteAsync(string name, NodepoolShape given, Nodepool? like, CancellationToken cancellationToken, bool mayExist = false) => Task.FromResult(given);

    public Task CreateAsync(string name, NodepoolShape shape, string? token, CancellationToken cancellationToken) => Ask($"create {name}");

    public async Task<string> ConfigureAsync(Nodepool pool, NodepoolConfiguration change, CancellationToken cancellationToken)
    {
        await Ask($"configure {pool.Name}");
        return "update-1";
    }

    public async Task<string> UpdateVersionAsync(Nodepool pool, NodepoolVersion version, CancellationToken cancellationToken)
    {
        await Ask($"version {pool.Name}");
        return "update-1";
    }

    public Task RemoveAsync(Nodepool pool, CancellationToken cancellationToken) => RemovalFails is { } failure ? throw failure : Ask($"remove {pool.Name}");

    public Task WaitActiveAsync(string name, NodepoolWaitOptions options, CancellationToken cancellationToken) => Ask($"wait active {name}");

    public Task WaitUpdatedAsync(Nodepool pool, string updateId, NodepoolWaitOptions options, CancellationToken cancellationToken) => Ask($"wait {updateId}");

    public Task WaitRemovedAsync(Nodepool pool, NodepoolWaitOptions options, CancellationToken cancellationToken) => Ask($"wait removed {pool.Name}");

    public async Task<NodepoolGrowth?> HoldGrowthAsync(Nodepool pool, CancellationToken cancellationToken)
    {
        await Ask("hold");
        return new NodepoolGrowth(5, 2);
    }

    public async Task<NodepoolGrowth?> ReleaseGrowthAsync(Nodepool pool, CancellationToken cancellationToken)
    {
        await Ask("release");
        return new NodepoolGrowth(2, 5);
    }

    private Task Ask(string what)
    {
        lock (Asked)
            Asked.Add(what);
        return Task.CompletedTask;
    }
}
