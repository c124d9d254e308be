using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Places;

namespace KonUpgrade.Engine.Nodepools.Nodes;

/// <summary>A node, as it was when it was read.</summary>
internal sealed record NodeFacts
{
    public required string Name { get; init; }

    public string? Uid { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<NodeTaint> Taints { get; init; } = [];

    public IReadOnlyDictionary<string, decimal> Allocatable { get; init; } = new Dictionary<string, decimal>();

    public bool IsUnschedulable { get; init; }

    public bool IsReady { get; init; }

    public bool IsTerminating { get; init; }

    /// <summary>What we wrote on it when it was suspended; null where it was not.</summary>
    public string? Suspended { get; init; }

    public string? Version { get; init; }

    public string? ProviderId { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Whether the scheduler may put pods there at all.</summary>
    public bool TakesPods => !IsUnschedulable && IsReady && !IsTerminating;

    public static NodeFacts Of(KubernetesObject node)
    {
        var spec = node.Root.Member("spec"u8);
        var status = node.Root.Member("status"u8);
        return new NodeFacts
        {
            Name = node.Name,
            Uid = node.Uid,
            Labels = PodNeeds.Texts(node.Metadata.Member("labels"u8)),
            Taints = NodeTaint.All(spec),
            Allocatable = Quantity.All(status.Member("allocatable"u8)),
            IsUnschedulable = spec.Member("unschedulable"u8).ValueKind == JsonValueKind.True,
            IsReady = status.Objects("conditions").Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True"),
            IsTerminating = node.Metadata.Text("deletionTimestamp") is not null,
            Suspended = node.Annotation(NodeSuspension.Annotation),
            Version = status.Member("nodeInfo"u8).Text("kubeletVersion"),
            ProviderId = spec.Text("providerID"),
            CreatedAt = node.Metadata.Time("creationTimestamp"),
        };
    }
}
