using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Leaves out Pods that a kubelet made from a file of its own, and those that have run to their end.</summary>
internal sealed class FinishedPodRule : IManifestRule
{
    public string Name => "FinishedPod";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "Pod");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (o.AnnotationElement("kubernetes.io/config.mirror"u8).ValueKind == JsonValueKind.String)
            outcome.LeaveOut("The kubelet of a node makes it from a file there.");
        var phase = o.Root.Member("status"u8).Member("phase"u8);
        if (phase.Is("Succeeded"u8) || phase.Is("Failed"u8))
            outcome.LeaveOut("The Pod has run to its end.");
    }
}
