using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Providers;

/// <summary>
/// Pools that labels alone make, on any cluster: the nodes that a selector selects; or, without one, the nodes that share
/// the label by which clouds and systems mark their pools. Nothing is offered beside draining.
/// </summary>
public sealed class LabelledNodes(ClusterConnection cluster, string? selector) : INodepoolProvider
{
    /// <summary>The provider's name.</summary>
    public const string ProviderName = "Labels";

    // The first that a node has names its pool: eksctl and Konstellation make EKS node groups, and theirs is the service's.
    private static readonly string[] s_poolLabels =
    [
        "eks.amazonaws.com/nodegroup",
        "alpha.eksctl.io/nodegroup-name",
        "karpenter.sh/nodepool",
        "cloud.google.com/gke-nodepool",
        "kubernetes.azure.com/agentpool",
        "juju-application",
    ];

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    /// <exception cref="UpgradeException">InvalidLabelSelector, or the cluster can't be asked.</exception>
    public async Task<IReadOnlyList<Nodepool>> ListAsync(CancellationToken cancellationToken)
    {
        LabelSelector.Read(selector);
        var nodes = await NodeList.ReadAsync(cluster.Client, selector, cancellationToken).ConfigureAwait(false);
        var uid = (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid;
        if (selector is not null)
            return nodes.Count > 0 ? [NodepoolView.Of(cluster.Context.Name, uid, ProviderName, selector, selector, nodes)] : [];
        return
        [
            .. nodes.Select(node => (Node: node, Label: s_poolLabels.FirstOrDefault(node.Labels.ContainsKey)))
                .Where(found => found.Label is not null)
                .GroupBy(found => (Label: found.Label!, Value: found.Node.Labels[found.Label!]))
                .OrderBy(group => group.Key.Value, StringComparer.Ordinal).ThenBy(group => group.Key.Label, StringComparer.Ordinal)
                .Select(group => NodepoolView.Of(cluster.Context.Name, uid, ProviderName, group.Key.Value, $"{group.Key.Label}={group.Key.Value}", group.Select(found => found.Node))),
        ];
    }

    /// <inheritdoc/>
    public Task<NodepoolGrowth?> HoldGrowthAsync(Nodepool pool, CancellationToken cancellationToken) => Task.FromResult<NodepoolGrowth?>(null);

    /// <inheritdoc/>
    public Task<NodepoolGrowth?> ReleaseGrowthAsync(Nodepool pool, CancellationToken cancellationToken) => Task.FromResult<NodepoolGrowth?>(null);
}
