using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Leaves out the Service <c>default/kubernetes</c>, which every API server makes for itself.</summary>
internal sealed class ApiServerServiceRule : IManifestRule
{
    public string Name => "ApiServerService";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "Service");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (o is { Name: "kubernetes", Namespace: "default" })
            outcome.LeaveOut("The API server makes it for itself.");
    }
}
