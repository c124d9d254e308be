using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Draining.Running;
using KonUpgrade.Engine.Nodepools.Pods;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Moving;

/// <summary>
/// Whether the old pool can be removed: what ran on it is available elsewhere as it was, and nothing is left on it that
/// would end with it.
/// </summary>
internal sealed class MoveCheck(ClusterConnection cluster, INodepoolKeeper keeper, DrainOptions drain, INodepoolHost host, TimeProvider time)
{
    private readonly WorkloadHealth _health = new(cluster.Client, time, host);

    /// <summary>
    /// Takes note of what is available before the old pool is drained. Where an earlier run began with that, it can no longer
    /// be seen: then as many replicas are waited for as the workloads want, of all that have pods on either pool or on no node.
    /// </summary>
    public async Task RememberAsync(Nodepool old, Nodepool made, CancellationToken cancellationToken)
    {
        var wasBegun = old.Nodes.Any(node => node.IsSuspended);
        var nodes = (wasBegun ? old.Nodes.Concat(made.Nodes) : old.Nodes).Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        var pods = new List<PodFacts>();
        await foreach (var o in cluster.Client.ListAsync(CoreResources.Pods, ListOptions.All, cancellationToken).ConfigureAwait(false))
        {
            using (o)
            {
                var pod = PodFacts.Of(o);
                if (pod.Node is { } node ? nodes.Contains(node) : wasBegun)
                    pods.Add(pod);
            }
        }
        await _health.RememberAsync(pods, wasBegun ? made.Nodes.Min(node => node.CreatedAt) ?? time.GetUtcNow() : null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until what ran on the old pool is available again.</summary>
    /// <returns>What is not, with why, when the time is over; none where all is.</returns>
    public Task<IReadOnlyList<string>> WaitAvailableAsync(CancellationToken cancellationToken) => _health.WaitAsync(drain.HealthTimeout, cancellationToken);

    /// <summary>What is on the old pool that would end with it, whichever pods were meant to be drained.</summary>
    public async Task<IReadOnlyList<string>> LeftAsync(Nodepool old, CancellationToken cancellationToken)
    {
        var plan = await new NodepoolDrainer(cluster, keeper, old, drain with { PodSelector = null, AllowLastPool = true }, host, time).PrepareAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. plan.Nodes.Where(node => !node.IsCordoned).Select(node => $"node {node} that takes pods"),
            .. plan.Pods.Where(pod => pod.Action != DrainAction.Leave).Select(pod => $"{pod} on {pod.Node}"),
        ];
    }
}
