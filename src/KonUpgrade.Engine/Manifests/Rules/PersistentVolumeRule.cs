using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Drops from a volume the identity of the claim that it is bound to on this cluster; the claim's name stays, so that
/// the same claim gets the same volume again.
/// </summary>
internal sealed class PersistentVolumeRule : IManifestRule
{
    private static readonly ManifestEdit[] s_edits =
    [
        new(FieldPath.Of("spec", "claimRef", "uid"), null),
        new(FieldPath.Of("spec", "claimRef", "resourceVersion"), null),
        new(FieldPath.Of("metadata", "annotations", "pv.kubernetes.io/bind-completed"), null),
        new(FieldPath.Of("metadata", "annotations", "pv.kubernetes.io/bound-by-controller"), null),
    ];

    public string Name => "PersistentVolume";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "PersistentVolume");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        foreach (var edit in s_edits)
            outcome.Edit(edit);
    }
}
