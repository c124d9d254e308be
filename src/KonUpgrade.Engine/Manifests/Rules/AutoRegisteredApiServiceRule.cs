using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Leaves out APIServices that the API server registers itself, for built-in groups and for CustomResourceDefinitions.</summary>
internal sealed class AutoRegisteredApiServiceRule : IManifestRule
{
    public string Name => "AutoRegisteredApiService";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("apiregistration.k8s.io", "APIService");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (o.LabelElement("kube-aggregator.kubernetes.io/automanaged"u8).ValueKind == JsonValueKind.String)
            outcome.LeaveOut("The API server registers it itself.", LeftOutGroup.WholeKind);
    }
}
