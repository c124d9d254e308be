using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Treats what a system's description names as sensitive as Secrets are treated. Where an object is so only for a field
/// that it has, and its last-applied annotation still holds the field, the annotation stays behind.
/// </summary>
internal sealed class SensitiveRule(SensitiveObjectsRule rule, SecretHandling handling) : IManifestRule
{
    private static readonly FieldPath s_lastApplied = FieldPath.Of("metadata", "annotations", SensitiveObjectsRule.LastApplied);

    public string Name => "Sensitive";

    public bool AppliesTo(string group, string kind) => KindPattern.Matches(rule.Kinds, group, kind);

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (!rule.Includes(o.Name, o.Namespace))
            return;
        if (!rule.Holds(o.Root))
        {
            // The object travels as it is, and not with what it once held.
            if (rule.LastAppliedHolds(o))
                outcome.LeaveOutPart(s_lastApplied, $"The annotation {SensitiveObjectsRule.LastApplied}, in which kubectl keeps an earlier state: {rule.Reason}");
            return;
        }
        outcome.MarkSensitive();
        if (handling == SecretHandling.Skip)
            outcome.LeaveOut($"{rule.Reason} It is not exported unless that is asked for (-Secret Encrypt or Include).");
    }
}
