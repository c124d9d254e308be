using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Drops from a claim what binding and provisioning on this cluster wrote. The name of its volume goes only where the
/// controller chose it; one that somebody wrote stays.
/// </summary>
internal sealed class PersistentVolumeClaimRule : IManifestRule
{
    private static readonly ManifestEdit[] s_annotations =
    [
        Annotation("pv.kubernetes.io/bind-completed"), Annotation("pv.kubernetes.io/bound-by-controller"),
        Annotation("volume.beta.kubernetes.io/storage-provisioner"), Annotation("volume.kubernetes.io/storage-provisioner"),
        Annotation("volume.kubernetes.io/selected-node"),
    ];

    private static readonly ManifestEdit s_volumeName = new(FieldPath.Of("spec", "volumeName"), null);

    public string Name => "PersistentVolumeClaim";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "PersistentVolumeClaim");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        foreach (var edit in s_annotations)
            outcome.Edit(edit);
        if (o.AnnotationElement("pv.kubernetes.io/bound-by-controller"u8).ValueKind == JsonValueKind.String)
            outcome.Edit(s_volumeName);
    }

    private static ManifestEdit Annotation(string key) => new(FieldPath.Of("metadata", "annotations", key), null);
}
