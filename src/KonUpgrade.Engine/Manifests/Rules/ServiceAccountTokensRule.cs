using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Drops a ServiceAccount's references to token Secrets that the cluster made for it (<c>NAME-token-…</c>).</summary>
internal sealed class ServiceAccountTokensRule : IManifestRule
{
    private static readonly FieldPath s_secrets = FieldPath.Of("secrets");

    public string Name => "ServiceAccountTokens";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "ServiceAccount");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        var secrets = o.Root.Member("secrets"u8);
        if (secrets.HasContent)
            outcome.DropElements(secrets, s_secrets, IsToken($"{o.Name}-token-"));
    }

    /// <summary>Whether a reference is one to a token of the account.</summary>
    public static Func<JsonPart, bool> IsToken(string prefix) =>
        reference => reference.Member("name"u8).Text()?.StartsWith(prefix, StringComparison.Ordinal) == true;
}
