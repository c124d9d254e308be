using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Providers.Konstellation;

/// <summary>A Nodepool of Konstellation, as it was when it was read: what kon knows a node group of EKS by, which has its name.</summary>
internal sealed record NodepoolObject
{
    /// <summary>
    /// The annotation that a Nodepool has from its creation until its node group is there: what the group is to be made with. Who
    /// finds it carries on.
    /// </summary>
    public const string AnnouncedAnnotation = "konupgrade.dev/announced";

    /// <summary>The annotation that says which node group is being removed, after whose end the Nodepool goes: its ARN.</summary>
    public const string RemovingAnnotation = "konupgrade.dev/removing";

    private static readonly JsonSerializerOptions s_shapes = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public required string Name { get; init; }

    public string? Uid { get; init; }

    /// <summary>What it says itself of how it is made.</summary>
    public required NodepoolShape Spec { get; init; }

    /// <summary>What its node group was to be made with, when whoever made it was interrupted; null where it is there, or others made it.</summary>
    public NodepoolShape? Announced { get; init; }

    /// <summary>The ARN of the node group that is being removed; null where none is.</summary>
    public string? Removing { get; init; }

    /// <summary>The Auto Scaling group that its status names.</summary>
    public string? ScalingGroup { get; init; }

    /// <summary>Whether its status counts ready nodes, as the operator does. The definition asks for the number where there is a status at all.</summary>
    public bool HasReadyCount { get; init; }

    /// <summary>Reads one.</summary>
    /// <param name="o">The object.</param>
    /// <param name="cluster">What EKS calls the cluster.</param>
    public static NodepoolObject Read(KubernetesObject o, string cluster)
    {
        var status = o.Root.Member("status"u8);
        return new NodepoolObject
        {
            Name = o.Name,
            Uid = o.Uid,
            Spec = NodepoolSpec.Read(o.Root.Member("spec"u8), cluster),
            Announced = Shape(o.Annotation(AnnouncedAnnotation)),
            Removing = o.Annotation(RemovingAnnotation) is { Length: > 0 } arn ? arn : null,
            ScalingGroup = status.Member("aws"u8).Text("asgId") is { Length: > 0 } group ? group : null,
            HasReadyCount = status.Member("numReady"u8).ValueKind == JsonValueKind.Number,
        };
    }

    /// <summary>A new one, whose node group is to be made next.</summary>
    public static JsonObject New(ApiResource resource, string name, NodepoolShape shape) => new()
    {
        ["apiVersion"] = resource.ApiVersion,
        ["kind"] = resource.Kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["annotations"] = new JsonObject { [AnnouncedAnnotation] = Text(shape) } },
        ["spec"] = NodepoolSpec.Write(shape),
    };

    /// <summary>What makes of one that was announced one that is announced with another shape.</summary>
    public static JsonObject Announcement(NodepoolShape shape)
    {
        var patch = Annotations((AnnouncedAnnotation, Text(shape)));
        patch["spec"] = NodepoolSpec.Write(shape);
        return patch;
    }

    /// <summary>What is patched when the node group is there.</summary>
    public static JsonObject Made() => Annotations((AnnouncedAnnotation, null));

    /// <summary>What is patched before the node group is deleted.</summary>
    public static JsonObject Removal(string? arn) => Annotations((RemovingAnnotation, arn), (AnnouncedAnnotation, null));

    private static JsonObject Annotations(params (string Key, string? Value)[] annotations) =>
        new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject(annotations.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value))) } };

    private static string Text(NodepoolShape shape) => JsonSerializer.Serialize(shape, s_shapes);

    // One that somebody wrote over is none of ours.
    private static NodepoolShape? Shape(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize<NodepoolShape>(text, s_shapes);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
