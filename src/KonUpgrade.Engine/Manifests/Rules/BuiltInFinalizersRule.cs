using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Drops finalizers that Kubernetes' own controllers set anew wherever they apply. Those of other controllers stay:
/// where the controller runs on the target too, it expects them; files.jsonl names them.
/// </summary>
internal sealed class BuiltInFinalizersRule : IManifestRule
{
    private static readonly FieldPath s_path = FieldPath.Of("metadata", "finalizers");

    public string Name => "BuiltInFinalizers";

    public bool AppliesTo(string group, string kind) => true;

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        var finalizers = o.Metadata.Member("finalizers"u8);
        if (finalizers.HasContent)
            outcome.DropElements(finalizers, s_path, IsBuiltIn);
    }

    /// <summary>Whether a controller of Kubernetes itself sets the finalizer.</summary>
    public static bool IsBuiltIn(JsonPart finalizer) =>
        finalizer.Is("kubernetes.io/pvc-protection"u8) || finalizer.Is("kubernetes.io/pv-protection"u8) || finalizer.Is("kubernetes"u8)
        || finalizer.Is("foregroundDeletion"u8) || finalizer.Is("orphan"u8) || finalizer.Is("service.kubernetes.io/load-balancer-cleanup"u8)
        || finalizer.Is("customresourcecleanup.apiextensions.k8s.io"u8) || finalizer.Is("batch.kubernetes.io/job-tracking"u8);
}
