using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Leaves out ConfigMaps that a cluster makes for itself, whatever the system: its certificates, its address, what its
/// nodes are set up with, who may log in, and records of who leads. On another cluster they would lock everybody out.
/// </summary>
internal sealed class ClusterConfigMapsRule : IManifestRule
{
    private const string SetUp = "kubeadm wrote it when it set up this cluster, with its address, certificates and version.";

    public string Name => "ClusterConfigMaps";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "ConfigMap");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (o.Name == "kube-root-ca.crt")
            outcome.LeaveOut("It holds this cluster's root certificate; the new cluster puts its own into each namespace.", LeftOutGroup.WholeKind);
        else if (o.AnnotationElement("control-plane.alpha.kubernetes.io/leader"u8).ValueKind == JsonValueKind.String)
            outcome.LeaveOut("It says who leads on this cluster now.");
        else if (ReasonOf(o.Namespace, o.Name) is { } reason)
            outcome.LeaveOut(reason);
    }

    private static string? ReasonOf(string? ns, string? name) => (ns, name) switch
    {
        ("kube-system", "extension-apiserver-authentication" or "kube-apiserver-legacy-service-account-token-tracking") =>
            "This cluster's API server writes it, with its own certificates and dates.",
        ("kube-system", "aws-auth") => "It says who may log in to this EKS cluster; another cluster has its own, and a wrong one locks everybody out.",
        // kubelet-config-1.23 and the like before 1.24.
        ("kube-system", "kubeadm-config") or ("kube-public", "cluster-info") => SetUp,
        ("kube-system", { } kubelet) when kubelet == "kubelet-config" || kubelet.StartsWith("kubelet-config-1.", StringComparison.Ordinal) => SetUp,
        _ => null,
    };
}
