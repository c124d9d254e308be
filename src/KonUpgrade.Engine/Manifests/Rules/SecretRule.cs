using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Leaves Secrets out: they are not written in the clear. Tokens of ServiceAccounts never travel, since each cluster signs its own.</summary>
internal sealed class SecretRule : IManifestRule
{
    public string Name => "Secret";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "Secret");

    public void Apply(KubernetesObject o, RuleOutcome outcome) => outcome.LeaveOut(
        o.Root.Member("type"u8).Is("kubernetes.io/service-account-token"u8)
            ? "It is a token that this cluster signed; the new cluster signs its own."
            : "Secrets are not exported: this version writes nothing encrypted.");
}
