namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>Whom roles trust: reads and writes their trust policies.</summary>
public interface IIamTrust
{
    /// <summary>A role with its trust policy, or null where the account has none of that name (GetRole).</summary>
    /// <exception cref="KonUpgrade.Model.UpgradeException">It could not be found out: no credentials, no right, no way to the service.</exception>
    Task<TrustingRole?> GetTrustAsync(string roleName, CancellationToken cancellationToken);

    /// <summary>Replaces a role's trust policy (UpdateAssumeRolePolicy).</summary>
    /// <exception cref="KonUpgrade.Model.UpgradeException">The service refused it, or there is no such role any more.</exception>
    Task UpdateAssumeRolePolicyAsync(string roleName, string policyDocument, CancellationToken cancellationToken);

    /// <summary>An issuer that the account takes tokens of, or null where there is none of that ARN (GetOpenIDConnectProvider).</summary>
    Task<OpenIDConnectProvider?> GetOpenIDConnectProviderAsync(string providerArn, CancellationToken cancellationToken);

    /// <summary>How many characters a trust policy of the account may have (GetAccountSummary, AssumeRolePolicySizeQuota); null where it does not say.</summary>
    Task<int?> GetTrustPolicyQuotaAsync(CancellationToken cancellationToken);
}

/// <summary>A role and whom it trusts.</summary>
/// <param name="RoleName">The name.</param>
/// <param name="Arn">The ARN.</param>
/// <param name="PolicyDocument">The trust policy, decoded.</param>
public sealed record TrustingRole(string RoleName, string Arn, string PolicyDocument);

/// <summary>An issuer that the account takes tokens of.</summary>
/// <param name="Url">The issuer's URL, as IAM gives it: without its scheme.</param>
/// <param name="ClientIDList">The audiences that its tokens may be made for.</param>
public sealed record OpenIDConnectProvider(string Url, IReadOnlyList<string> ClientIDList);
