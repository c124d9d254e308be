using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Providers.Konstellation;

/// <summary>How a pool is made, in the words of Konstellation's Nodepool and in ours. Nothing is asked or written here.</summary>
internal static class NodepoolSpec
{
    private const string AutoscalerTag = "k8s.io/cluster-autoscaler/";
    private const string AutoscalerEnabled = AutoscalerTag + "enabled";
    private const string OnDemand = "ON_DEMAND";

    /// <summary>The spec of a Nodepool. What a launch template says is not said in it: its disk is 0 then, and its type and image may be empty.</summary>
    public static JsonObject Write(NodepoolShape shape) => new()
    {
        ["autoscale"] = IsAutoscaled(shape),
        ["minSize"] = shape.MinSize ?? 0,
        ["maxSize"] = shape.MaxSize ?? 0,
        ["machineType"] = shape.InstanceType is { Count: > 0 } types ? types[0] : "",
        ["diskSizeGiB"] = shape.DiskSize ?? 0,
        ["requiresGPU"] = shape.AmiType is { } image && (image.EndsWith("_GPU", StringComparison.Ordinal) || image.Contains("NVIDIA", StringComparison.Ordinal)),
        ["aws"] = new JsonObject
        {
            ["amiType"] = shape.AmiType ?? "",
            ["sshKeypair"] = shape.Ec2SshKey ?? "",
            ["connectFromAnywhere"] = IsOpen(shape),
        },
    };

    /// <summary>What the spec of a Nodepool tells. kon makes a pool with as many nodes as it has at least.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="cluster">What EKS calls the cluster.</param>
    public static NodepoolShape Read(JsonPart spec, string cluster)
    {
        var aws = spec.Member("aws"u8);
        return new NodepoolShape
        {
            MinSize = Number(spec.Member("minSize"u8)),
            MaxSize = Number(spec.Member("maxSize"u8)),
            DesiredSize = Number(spec.Member("minSize"u8)),
            InstanceType = Text(spec, "machineType") is { } type ? [type] : null,
            DiskSize = Number(spec.Member("diskSizeGiB"u8)) is { } size and > 0 ? size : null,
            AmiType = Text(aws, "amiType"),
            Ec2SshKey = Text(aws, "sshKeypair"),
            Tag = spec.Member("autoscale"u8).ValueKind == JsonValueKind.True ? Autoscaled(null, cluster) : null,
        };
    }

    /// <summary>The change of a spec that goes with one of the node group; null where the spec says nothing of what is changed.</summary>
    public static JsonObject? Change(NodepoolConfiguration change)
    {
        var spec = new JsonObject();
        if (change.MinSize is { } min)
            spec["minSize"] = min;
        if (change.MaxSize is { } max)
            spec["maxSize"] = max;
        return spec.Count > 0 ? new JsonObject { ["spec"] = spec } : null;
    }

    /// <summary>Whether the cluster's autoscaler has a pool, as the tags of the node group say.</summary>
    public static bool IsAutoscaled(NodepoolShape shape) => shape.Tag?.GetValueOrDefault(AutoscalerEnabled) == "true";

    /// <summary>Whether tags say that the autoscaler is not to have a pool, or that it is.</summary>
    public static bool SaysWhetherAutoscaled(IReadOnlyDictionary<string, string>? tags) => tags?.ContainsKey(AutoscalerEnabled) == true;

    /// <summary>Tags with those by which the cluster's autoscaler finds a pool, as kon sets them.</summary>
    public static IReadOnlyDictionary<string, string> Autoscaled(IReadOnlyDictionary<string, string>? tags, string cluster)
    {
        var all = new Dictionary<string, string>(tags ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        all.TryAdd(AutoscalerTag + cluster, "owned");
        all.TryAdd(AutoscalerEnabled, "true");
        return all;
    }

    /// <summary>Whether SSH is let in from everywhere.</summary>
    public static bool IsOpen(NodepoolShape shape) => shape.Ec2SshKey is not null && shape.SourceSecurityGroup is not { Count: > 0 };

    /// <summary>What of a shape a Nodepool has no words for, and kon never sets: the node group alone has it.</summary>
    public static IReadOnlyList<string> Unsaid(NodepoolShape shape) =>
    [
        .. new (string Words, bool IsThere)[]
        {
            ("labels", shape.Label is { Count: > 0 }),
            ("taints", shape.Taint is { Count: > 0 }),
            ("a launch template", shape.HasTemplate),
            ("more than one instance type", shape.InstanceType is { Count: > 1 }),
            ($"capacity {shape.CapacityType}", shape.CapacityType is not null and not OnDemand),
        }.Where(each => each.IsThere).Select(each => each.Words),
    ];

    private static int? Number(JsonPart part) => part.ValueKind == JsonValueKind.Number && part.TryGetInt32(out var number) ? number : null;

    private static string? Text(JsonPart part, string name) => part.Text(name) is { Length: > 0 } text ? text : null;
}
