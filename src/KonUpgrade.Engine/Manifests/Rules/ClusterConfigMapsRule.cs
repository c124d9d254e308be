using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Leaves out ConfigMaps that a cluster makes for itself: its root certificate in each namespace, and records of who leads.</summary>
internal sealed class ClusterConfigMapsRule : IManifestRule
{
    public string Name => "ClusterConfigMaps";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "ConfigMap");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (o.Name == "kube-root-ca.crt")
            outcome.LeaveOut("It holds this cluster's root certificate; the new cluster puts its own into each namespace.", LeftOutGroup.WholeKind);
        else if (o.AnnotationElement("control-plane.alpha.kubernetes.io/leader"u8).ValueKind == JsonValueKind.String)
            outcome.LeaveOut("It says who leads on this cluster now.");
    }
}
