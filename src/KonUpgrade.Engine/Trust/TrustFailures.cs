using System.Globalization;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Trust;

/// <summary>What can go wrong with the trust of roles.</summary>
internal static class TrustFailures
{
    public static UpgradeException NoIssuer(string context) => new(new Failure
    {
        Id = "IssuerNotFound",
        Kind = FailureKind.NotFound,
        Message = $"{context} does not say who signs the tokens of its ServiceAccounts (/.well-known/openid-configuration).",
        Recommendation = "Give the issuer with -Issuer: aws eks describe-cluster --query cluster.identity.oidc.issuer.",
        Target = context,
    });

    public static UpgradeException IssuerForbidden(string context, UpgradeException inner) => new(
        new Failure
        {
            Id = "IssuerForbidden",
            Kind = FailureKind.PermissionDenied,
            Message = $"The login to {context} may not ask who signs the tokens of its ServiceAccounts: {inner.Failure.Message}",
            Recommendation = "Give the issuer with -Issuer (aws eks describe-cluster --query cluster.identity.oidc.issuer), or give the login the ClusterRole system:service-account-issuer-discovery.",
            Target = context,
        },
        inner);

    public static Failure RoleInvalid(string arn) => new()
    {
        Id = "RoleArnInvalid",
        Kind = FailureKind.InvalidData,
        Message = $"'{arn}' is no ARN of an IAM role.",
        Recommendation = "Mend the annotation eks.amazonaws.com/role-arn of the ServiceAccounts: arn:aws:iam::123456789012:role/name.",
        Target = arn,
    };

    public static Failure RoleNotFound(string name, string account) => new()
    {
        Id = "RoleNotFound",
        Kind = FailureKind.NotFound,
        Message = $"The account of the AWS credentials has no role {name}; the ServiceAccounts name it in account {account}.",
        Recommendation = $"Where the credentials belong to another account, use some of {account}: -ProfileName or -Credential. Else make the role, or mend the annotation eks.amazonaws.com/role-arn of the ServiceAccounts.",
        Target = name,
    };

    public static Failure OtherAccount(string arn, string found) => new()
    {
        Id = "RoleOfAnotherAccount",
        Kind = FailureKind.Refused,
        Message = $"The ServiceAccounts name {arn}, and the account of the AWS credentials has {found}.",
        Recommendation = "Use credentials of the role's account: -ProfileName or -Credential.",
        Target = arn,
    };

    public static Failure OtherPath(string arn, string found) => new()
    {
        Id = "RolePathDiffers",
        Kind = FailureKind.Refused,
        Message = $"The ServiceAccounts name {arn}, and the role is {found}: with another path their Pods can't take it on.",
        Recommendation = $"Write {found} into the annotation eks.amazonaws.com/role-arn of the ServiceAccounts.",
        Target = arn,
    };

    public static Failure NoProvider(TrustedIssuer issuer) => new()
    {
        Id = "OidcProviderNotFound",
        Kind = FailureKind.NotFound,
        Message = $"IAM has no identity provider for the issuer {issuer.Host}: no role can trust it.",
        Recommendation = $"Make it: eksctl utils associate-iam-oidc-provider --cluster NAME --approve, or aws iam create-open-id-connect-provider --url https://{issuer.Host} --client-id-list {issuer.Audience}.",
        Target = issuer.ProviderArn,
    };

    public static Failure NoAudience(TrustedIssuer issuer) => new()
    {
        Id = "OidcAudienceMissing",
        Kind = FailureKind.Refused,
        Message = $"The identity provider {issuer.ProviderArn} does not take tokens for {issuer.Audience}.",
        Recommendation = $"aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {issuer.ProviderArn} --client-id {issuer.Audience}",
        Target = issuer.ProviderArn,
    };

    public static Failure Denied(string role, IReadOnlyList<string> subjects) => new()
    {
        Id = "TrustDenied",
        Kind = FailureKind.Refused,
        Message = $"The trust policy of role {role} refuses {string.Join(", ", subjects)} in a statement that denies.",
        Recommendation = $"Look at it (aws iam get-role --role-name {role}); what denies comes before what allows, so that nothing can be added.",
        Target = role,
    };

    /// <param name="role">The role.</param>
    /// <param name="size">How many characters the policy would have.</param>
    /// <param name="quota">How many it may have; null where the service said no more than that it is too many.</param>
    public static Failure TooLarge(string role, int size, int? quota) => new()
    {
        Id = "TrustPolicyTooLarge",
        Kind = FailureKind.LimitsExceeded,
        Message = string.Create(
            CultureInfo.InvariantCulture,
            $"The trust policy of role {role} would have {size:N0} characters, {(quota is { } most ? $"and the account allows {most:N0}" : "which is more than the account allows (2,048, unless its quota was raised)")}."),
        Recommendation = "Have the quota \"Role trust policy length\" raised (Service Quotas, IAM; up to 4,096), take away statements of clusters that are gone, or give some of the ServiceAccounts a role of their own.",
        Target = role,
    };

    public static Failure LastStatement(string role) => new()
    {
        Id = "TrustPolicyWouldBeEmpty",
        Kind = FailureKind.Refused,
        Message = $"The trust policy of role {role} has no statement but the one that would be taken back, and IAM takes no policy without any.",
        Recommendation = "Delete the role, or write another statement first.",
        Target = role,
    };
}
