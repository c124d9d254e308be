using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Leaves Secrets out unless they were asked for. Tokens of ServiceAccounts and of joining nodes never travel: the one
/// are signed by their cluster, the others open it.
/// </summary>
internal sealed class SecretRule(SecretHandling handling) : IManifestRule
{
    public const string Skipped = "Secrets are not exported unless that is asked for (-Secret Encrypt or Include): create it on the target.";

    public const string SkippedRelease =
        "A release of Helm is kept in it, and Secrets are not exported unless that is asked for (-Secret Encrypt or Include): without it, Helm on the target does not know the release.";

    public string Name => "Secret";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "Secret");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        outcome.MarkSensitive();
        var type = o.Root.Member("type"u8);
        if (type.Is("kubernetes.io/service-account-token"u8))
            outcome.LeaveOut("It is a token that this cluster signed; the new cluster signs its own.");
        else if (type.Is("bootstrap.kubernetes.io/token"u8))
            outcome.LeaveOut("It is a token with which nodes join this cluster; the new cluster has its own.");
        else if (handling == SecretHandling.Skip)
            outcome.LeaveOut(type.Is("helm.sh/release.v1"u8) ? SkippedRelease : Skipped);
    }
}
