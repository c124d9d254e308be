using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Nodes;

/// <summary>
/// Taking a node out of use and giving it back, as a change of its JSON: nothing is read or written here. An annotation
/// says what was ours to change, so that no more than that is taken back; suspending twice keeps what was first.
/// </summary>
internal static class NodeSuspension
{
    /// <summary>The annotation that says what was ours: <c>{"cordoned":true,"tainted":true}</c>.</summary>
    public const string Annotation = "konupgrade.dev/suspended";

    /// <summary>The taint that keeps off what tolerates a cordon alone.</summary>
    public const string Taint = "konupgrade.dev/suspended";

    private const string Effect = "NoSchedule";

    /// <summary>What a node must be patched with to be out of use; null where it is so.</summary>
    /// <exception cref="UpgradeException">NodeStateDamaged.</exception>
    public static byte[]? Suspend(KubernetesObject node)
    {
        var was = Read(node);
        var spec = node.Root.Member("spec"u8);
        var isCordoned = spec.Member("unschedulable"u8).ValueKind == JsonValueKind.True;
        var isTainted = spec.Objects("taints").Any(IsOurs);
        if (was is not null && isCordoned && isTainted)
            return null;
        var now = new Ours(was?.Cordoned == true || !isCordoned, was?.Tainted == true || !isTainted);
        var change = new JsonObject { ["unschedulable"] = true };
        if (!isTainted)
            change["taints"] = Taints(spec, taint => true, new JsonObject { ["key"] = Taint, ["effect"] = Effect });
        return Patch(node, change, new JsonObject { ["cordoned"] = now.Cordoned, ["tainted"] = now.Tainted }.ToJsonString());
    }

    /// <summary>What a node must be patched with to be what it was; null where it does not say that we took it out of use.</summary>
    /// <exception cref="UpgradeException">NodeStateDamaged.</exception>
    public static byte[]? Resume(KubernetesObject node)
    {
        if (Read(node) is not { } ours)
            return null;
        var spec = node.Root.Member("spec"u8);
        var change = new JsonObject();
        if (ours.Cordoned)
            change["unschedulable"] = null;
        if (ours.Tainted && spec.Objects("taints").Any(IsOurs))
            change["taints"] = Taints(spec, taint => !IsOurs(taint), null);
        return Patch(node, change, null);
    }

    /// <summary>Whether a node says that we took it out of use.</summary>
    public static bool IsSuspended(KubernetesObject node) => node.Annotation(Annotation) is not null;

    private static bool IsOurs(JsonPart taint) => taint.Text("key") == Taint && taint.Text("effect") == Effect;

    // Taints are one list: it is written as a whole, and only over the version that was read.
    private static JsonArray? Taints(JsonPart spec, Func<JsonPart, bool> keep, JsonObject? more)
    {
        var taints = new JsonArray();
        foreach (var taint in spec.Objects("taints"))
        {
            if (keep(taint))
                taints.Add(JsonNode.Parse(taint.GetRawBytes().Span));
        }
        if (more is not null)
            taints.Add(more);
        return taints.Count > 0 ? taints : null;
    }

    private static byte[] Patch(KubernetesObject node, JsonObject spec, string? annotation)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = node.ResourceVersion,
                ["annotations"] = new JsonObject { [Annotation] = annotation },
            },
        };
        if (spec.Count > 0)
            patch["spec"] = spec;
        return JsonTree.Write(patch);
    }

    private static Ours? Read(KubernetesObject node)
    {
        if (node.Annotation(Annotation) is not { } text)
            return null;
        try
        {
            if (JsonNode.Parse(text) is JsonObject state)
                return new Ours(state["cordoned"]?.GetValue<bool>() ?? false, state["tainted"]?.GetValue<bool>() ?? false);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // Told below.
        }
        throw new UpgradeException(new Failure
        {
            Id = "NodeStateDamaged",
            Kind = FailureKind.InvalidData,
            Message = $"{node.Name}: its annotation {Annotation}, which says what was changed when it was suspended, can't be read.",
            Recommendation = $"Uncordon it by hand where it should be in use (kubectl uncordon), then remove the annotation and the taint {Taint}.",
            Target = node.Name,
        });
    }

    private sealed record Ours(bool Cordoned, bool Tainted);
}
