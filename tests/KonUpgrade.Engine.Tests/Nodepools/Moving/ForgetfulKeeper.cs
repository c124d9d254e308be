using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools.Moving;

/// <summary>A keeper that answers the first order as a service does that knows its token, and whose pool is gone by now.</summary>
internal sealed class ForgetfulKeeper(INodepoolKeeper keeper, List<string?> tokens) : INodepoolKeeper
{
    public string Name => keeper.Name;

    public Task CreateAsync(string name, NodepoolShape shape, string? token, CancellationToken cancellationToken)
    {
        tokens.Add(token);
        return tokens.Count == 1 ? Task.CompletedTask : keeper.CreateAsync(name, shape, token, cancellationToken);
    }

    public Task<IReadOnlyList<Nodepool>> ListAsync(CancellationToken cancellationToken) => keeper.ListAsync(cancellationToken);

    public Task<Nodepool?> FindAsync(string name, CancellationToken cancellationToken) => keeper.FindAsync(name, cancellationToken);

    public Task<NodepoolShape> CompleteAsync(string name, NodepoolShape given, Nodepool? like, CancellationToken cancellationToken, bool mayExist = false) =>
        keeper.CompleteAsync(name, given, like, cancellationToken, mayExist);

    public Task<string> ConfigureAsync(Nodepool pool, NodepoolConfiguration change, CancellationToken cancellationToken) => keeper.ConfigureAsync(pool, change, cancellationToken);

    public Task<string> UpdateVersionAsync(Nodepool pool, NodepoolVersion version, CancellationToken cancellationToken) => keeper.UpdateVersionAsync(pool, version, cancellationToken);

    public Task RemoveAsync(Nodepool pool, CancellationToken cancellationToken) => keeper.RemoveAsync(pool, cancellationToken);

    public Task WaitActiveAsync(string name, NodepoolWaitOptions options, CancellationToken cancellationToken) => keeper.WaitActiveAsync(name, options, cancellationToken);

    public Task WaitUpdatedAsync(Nodepool pool, string updateId, NodepoolWaitOptions options, CancellationToken cancellationToken) => keeper.WaitUpdatedAsync(pool, updateId, options, cancellationToken);

    public Task WaitRemovedAsync(Nodepool pool, NodepoolWaitOptions options, CancellationToken cancellationToken) => keeper.WaitRemovedAsync(pool, options, cancellationToken);

    public Task<NodepoolGrowth?> HoldGrowthAsync(Nodepool pool, CancellationToken cancellationToken) => keeper.HoldGrowthAsync(pool, cancellationToken);

    public Task<NodepoolGrowth?> ReleaseGrowthAsync(Nodepool pool, CancellationToken cancellationToken) => keeper.ReleaseGrowthAsync(pool, cancellationToken);
}
