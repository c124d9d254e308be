using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Leaves out what belongs to something that stays behind, such as the lock of an operator, which belongs to a Pod, or
/// what is kept for a Node: on another cluster nothing could own it. Of several owners only those that stay are dropped.
/// </summary>
internal sealed class StayingOwnerRule(SystemDescription system) : IManifestRule
{
    private static readonly FieldPath s_path = FieldPath.Of("metadata", "ownerReferences");

    public string Name => "StayingOwner";

    public bool AppliesTo(string group, string kind) => true;

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        var references = o.Metadata.Member("ownerReferences"u8);
        if (!references.HasContent || references.ValueKind != JsonValueKind.Array)
            return;
        foreach (var reference in references.EnumerateArray())
        {
            if (Stays(reference))
                continue;

            // Somebody else keeps it, on the other cluster too.
            outcome.DropElements(references, s_path, Stays);
            return;
        }

        var first = references[0];
        outcome.LeaveOut($"It belongs to {first.Member("kind"u8).Text()} {first.Member("name"u8).Text()}, which stays behind.");
    }

    /// <summary>Whether an owner is of a kind that never travels, or whose objects have other names on another cluster.</summary>
    public bool Stays(JsonPart reference)
    {
        if (reference.Member("kind"u8).Text() is not { } kind)
            return false;
        var group = ApiResource.GroupOf(reference.Member("apiVersion"u8).Text() ?? "");
        return (group, kind) is ("", "Pod") or ("apps" or "extensions", "ReplicaSet") || ManifestRules.ReasonForWholeKind(system, group, kind) is not null;
    }
}
