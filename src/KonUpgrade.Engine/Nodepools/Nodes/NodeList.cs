using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Nodepools.Nodes;

/// <summary>The nodes of a cluster.</summary>
internal static class NodeList
{
    /// <summary>The nodes that a label selector selects, or all where it is null or empty.</summary>
    public static async Task<IReadOnlyList<NodeFacts>> ReadAsync(KubernetesClient client, string? selector, CancellationToken cancellationToken)
    {
        var nodes = new List<NodeFacts>();
        await foreach (var node in client.ListAsync(CoreResources.Nodes, new ListOptions { LabelSelector = selector }, cancellationToken).ConfigureAwait(false))
        {
            using (node)
                nodes.Add(NodeFacts.Of(node));
        }
        return nodes;
    }
}
