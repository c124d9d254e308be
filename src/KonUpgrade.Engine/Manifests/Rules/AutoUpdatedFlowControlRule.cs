using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Leaves out FlowSchemas and PriorityLevelConfigurations that the API server keeps as its version wants them.</summary>
internal sealed class AutoUpdatedFlowControlRule : IManifestRule
{
    public string Name => "AutoUpdatedFlowControl";

    public bool AppliesTo(string group, string kind) => group == "flowcontrol.apiserver.k8s.io" && kind is "FlowSchema" or "PriorityLevelConfiguration";

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (o.AnnotationElement("apf.kubernetes.io/autoupdate-spec"u8).Is("true"u8) || o.Name == "eks-exempt")
            outcome.LeaveOut("The control plane makes it and keeps it as its version wants it.");
    }
}
