using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Leaves out a namespace's ServiceAccount <c>default</c> where nobody added anything to it: it comes with the namespace.</summary>
internal sealed class DefaultServiceAccountRule : IManifestRule
{
    public string Name => "DefaultServiceAccount";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "ServiceAccount");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (o.Name != "default" || o.Metadata.Member("labels"u8).HasContent || o.Metadata.Member("annotations"u8).HasContent
            || o.Root.Member("imagePullSecrets"u8).HasContent || o.Root.Member("automountServiceAccountToken"u8).ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return;
        }

        var isToken = ServiceAccountTokensRule.IsToken("default-token-");
        if (o.Root.Member("secrets"u8).Elements().All(isToken))
            outcome.LeaveOut("It comes with its namespace.", LeftOutGroup.WholeKind);
    }
}
