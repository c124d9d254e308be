using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Nodes;

/// <summary>Pools as they are told, made of their nodes.</summary>
internal static class NodepoolView
{
    private static readonly string[] s_instanceTypes = ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"];
    private static readonly string[] s_zones = ["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"];

    /// <summary>A pool. What only its provider knows is added by that.</summary>
    public static Nodepool Of(string? context, string? clusterUid, string provider, string name, string selector, IEnumerable<NodeFacts> nodes)
    {
        List<NodepoolNode> all =
        [
            .. nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => new NodepoolNode
            {
                Name = node.Name,
                Uid = node.Uid,
                IsReady = node.IsReady,
                IsCordoned = node.IsUnschedulable,
                IsSuspended = node.Suspended is not null,
                Version = node.Version,
                InstanceType = First(node, s_instanceTypes),
                Zone = First(node, s_zones),
                CreatedAt = node.CreatedAt,
                ProviderId = node.ProviderId,
            }),
        ];
        return new Nodepool
        {
            Context = context,
            ClusterUid = clusterUid,
            Name = name,
            Provider = provider,
            Selector = selector,
            State = StateOf(all),
            Nodes = all,
            Version = Each(all, node => node.Version),
            InstanceType = Each(all, node => node.InstanceType),
            Zone = Each(all, node => node.Zone),
        };
    }

    private static NodepoolState StateOf(List<NodepoolNode> nodes) => nodes.Count == 0 ? NodepoolState.Empty
        : nodes.TrueForAll(node => node.IsSuspended && node.IsCordoned) ? NodepoolState.Suspended
        : nodes.TrueForAll(node => node.IsCordoned) ? NodepoolState.Cordoned
        : nodes.Exists(node => node.IsCordoned) ? NodepoolState.PartlyCordoned
        : NodepoolState.Active;

    private static string? First(NodeFacts node, string[] labels) => labels.Select(node.Labels.GetValueOrDefault).FirstOrDefault(value => value is not null);

    private static List<string> Each(List<NodepoolNode> nodes, Func<NodepoolNode, string?> value) =>
        [.. nodes.Select(value).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
