using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Leaves out objects that are being deleted.</summary>
internal sealed class TerminatingObjectRule : IManifestRule
{
    public string Name => "TerminatingObject";

    public bool AppliesTo(string group, string kind) => true;

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (o.Metadata.Member("deletionTimestamp"u8).ValueKind == JsonValueKind.String)
            outcome.LeaveOut("The object is being deleted.");
    }
}
