using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Trust;

/// <summary>The account as trust sees it. What does not change while a command runs is asked for once.</summary>
internal sealed class TrustAccount(IIamTrust iam, IReporter reporter)
{
    private readonly Dictionary<TrustedIssuer, Failure?> _issuers = [];
    private (int? Quota, bool IsKnown) _quota;

    /// <summary>A role as it is now; null where there is none.</summary>
    public Task<TrustingRole?> RoleAsync(string name, CancellationToken cancellationToken) => iam.GetTrustAsync(name, cancellationToken);

    /// <summary>Replaces a role's trust policy.</summary>
    public Task UpdateAsync(string role, TrustPolicy policy, CancellationToken cancellationToken) => iam.UpdateAssumeRolePolicyAsync(role, policy.Document, cancellationToken);

    /// <summary>Why the account takes no tokens of an issuer for its audience; null where it takes them.</summary>
    public async Task<Failure?> WhyNotAsync(TrustedIssuer issuer, CancellationToken cancellationToken)
    {
        if (!_issuers.TryGetValue(issuer, out var failure))
        {
            var provider = await iam.GetOpenIDConnectProviderAsync(issuer.ProviderArn, cancellationToken).ConfigureAwait(false);
            _issuers[issuer] = failure = provider is null ? TrustFailures.NoProvider(issuer)
                : provider.ClientIDList.Contains(issuer.Audience) ? null
                : TrustFailures.NoAudience(issuer);
        }
        return failure;
    }

    /// <summary>How many characters a trust policy may have; null where the login may not ask.</summary>
    public async Task<int?> QuotaAsync(CancellationToken cancellationToken)
    {
        if (!_quota.IsKnown)
        {
            try
            {
                _quota = (await iam.GetTrustPolicyQuotaAsync(cancellationToken).ConfigureAwait(false), true);
            }
            catch (UpgradeException e) when (e.Failure.Kind == FailureKind.PermissionDenied)
            {
                reporter.Verbose($"How large a trust policy may be is not known before it is written: {e.Failure.Message}");
                _quota = (null, true);
            }
        }
        return _quota.Quota;
    }
}
