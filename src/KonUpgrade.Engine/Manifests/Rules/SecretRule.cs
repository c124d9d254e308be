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

    private const string Token = "kubernetes.io/service-account-token";
    private const string Bootstrap = "bootstrap.kubernetes.io/token";
    private const string Release = "helm.sh/release.v1";

    public string Name => "Secret";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "Secret");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        outcome.MarkSensitive();
        var type = TypeOf(o);
        if (type == Token)
            outcome.LeaveOut("It is a token that this cluster signed; the new cluster signs its own.");
        else if (type == Bootstrap)
            outcome.LeaveOut("It is a token with which nodes join this cluster; the new cluster has its own.");
        else if (handling == SecretHandling.Skip)
            outcome.LeaveOut(type == Release ? SkippedRelease : Skipped);
    }

    // Where none travels, servers are asked for metadata alone, which have no type: what makes such Secrets tells by
    // names and annotations what they are (kubernetes.io/service-account.name, which a token must have; names that
    // kubeadm and Helm give).
    private string? TypeOf(KubernetesObject o)
    {
        if (o.Root.Member("type"u8).Text() is { } type)
            return type;
        if (handling != SecretHandling.Skip)
            return null;
        if (o.Annotation("kubernetes.io/service-account.name") is not null)
            return Token;
        var name = o.Name;
        return name.StartsWith("sh.helm.release.v1.", StringComparison.Ordinal) ? Release
            : name.StartsWith("bootstrap-token-", StringComparison.Ordinal) ? Bootstrap
            : null;
    }
}
