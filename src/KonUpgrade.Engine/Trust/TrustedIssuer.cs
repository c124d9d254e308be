namespace KonUpgrade.Engine.Trust;

/// <summary>Who signs the tokens of a cluster's ServiceAccounts, as IAM knows it, and for whom the tokens are made.</summary>
/// <param name="ProviderArn">The identity provider's ARN: <c>arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC</c>.</param>
/// <param name="Host">The issuer's URL without its scheme, as the keys of conditions begin: <c>oidc.eks.eu-west-1.amazonaws.com/id/ABC</c>.</param>
public sealed record TrustedIssuer(string ProviderArn, string Host)
{
    /// <summary>For whom EKS has tokens made where a ServiceAccount names nobody else (annotation eks.amazonaws.com/audience).</summary>
    public const string UsualAudience = "sts.amazonaws.com";

    private const string ArnPart = ":oidc-provider/";

    /// <summary>For whom the tokens are made.</summary>
    public string Audience { get; init; } = UsualAudience;

    /// <summary>An issuer by the ARN of its identity provider; null where it is none.</summary>
    public static TrustedIssuer? Of(string providerArn) =>
        providerArn.IndexOf(ArnPart, StringComparison.Ordinal) is var at and > 0 && at + ArnPart.Length < providerArn.Length
            ? new TrustedIssuer(providerArn, providerArn[(at + ArnPart.Length)..])
            : null;

    /// <summary>The subject of a ServiceAccount's tokens.</summary>
    public static string Subject(string ns, string name) => $"{SubjectsOf(ns)}{name}";

    /// <summary>How the subjects of a namespace's ServiceAccounts begin.</summary>
    public static string SubjectsOf(string ns) => $"system:serviceaccount:{ns}:";
}
