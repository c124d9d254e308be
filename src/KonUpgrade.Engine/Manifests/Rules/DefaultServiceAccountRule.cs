using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Leaves out a namespace's ServiceAccount <c>default</c> where nobody added anything to it: it comes with the namespace.</summary>
internal sealed class DefaultServiceAccountRule : IManifestRule
{
    public const string RuleName = "DefaultServiceAccount";

    public string Name => RuleName;

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "ServiceAccount");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (IsBare(o))
            outcome.LeaveOut("It comes with its namespace.", LeftOutGroup.WholeKind);
    }

    /// <summary>Whether an object is the ServiceAccount that a controller makes in every namespace.</summary>
    public static bool Concerns(ObjectKey key) => key is { Group: "", Kind: "ServiceAccount", Name: "default" };

    /// <summary>Whether a ServiceAccount <c>default</c> is as the controller made it: nobody has added anything.</summary>
    public static bool IsBare(KubernetesObject o) =>
        o.Name == "default" && !o.Metadata.Member("labels"u8).HasContent && !o.Metadata.Member("annotations"u8).HasContent
        && !o.Root.Member("imagePullSecrets"u8).HasContent
        && o.Root.Member("automountServiceAccountToken"u8).ValueKind is not (JsonValueKind.True or JsonValueKind.False)
        && o.Root.Member("secrets"u8).Elements().All(ServiceAccountTokensRule.IsToken("default-token-"));
}
