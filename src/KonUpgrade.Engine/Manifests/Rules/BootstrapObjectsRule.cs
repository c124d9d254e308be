using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Leaves out what every API server makes at its start and keeps as its version wants it: default roles and bindings,
/// the two system priorities, the default range of Service addresses. They are hundreds, and counted.
/// </summary>
internal sealed class BootstrapObjectsRule : IManifestRule
{
    private const string Reason = "Every API server makes it at its start, as its version wants it.";

    public string Name => "BootstrapObjects";

    public bool AppliesTo(string group, string kind) =>
        group is "rbac.authorization.k8s.io" || (group, kind) is ("scheduling.k8s.io", "PriorityClass") or ("networking.k8s.io", "ServiceCIDR");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        var made = o.Kind switch
        {
            "PriorityClass" => o.Name is "system-cluster-critical" or "system-node-critical",
            "ServiceCIDR" => o.Name == "kubernetes",
            _ => o.LabelElement("kubernetes.io/bootstrapping"u8).Is("rbac-defaults"u8)
                && !o.AnnotationElement("rbac.authorization.kubernetes.io/autoupdate"u8).Is("false"u8),
        };
        if (made)
            outcome.LeaveOut(Reason, LeftOutGroup.WholeKind);
    }
}
