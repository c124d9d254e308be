using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Treats what a system's description names as sensitive as Secrets are treated.</summary>
internal sealed class SensitiveRule(SensitiveObjectsRule rule, SecretHandling handling) : IManifestRule
{
    public string Name => "Sensitive";

    public bool AppliesTo(string group, string kind) => KindPattern.Matches(rule.Kinds, group, kind);

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (!rule.Includes(o.Name, o.Namespace) || !rule.Holds(o.Root))
            return;
        outcome.MarkSensitive();
        if (handling == SecretHandling.Skip)
            outcome.LeaveOut($"{rule.Reason} It is not exported unless that is asked for (-Secret Encrypt or Include).");
    }
}
