using KonUpgrade.Model;

namespace KonUpgrade.Engine.Trust;

/// <summary>Takes back what was added to a role's trust policy for a cluster's issuer, and nothing else.</summary>
/// <param name="trust">The role.</param>
/// <param name="issuer">Who signs the cluster's tokens; null where nothing can have been added.</param>
/// <param name="isMeant">Which of the subjects that were added are meant.</param>
/// <param name="account">The account.</param>
/// <param name="reporter">Told what is done.</param>
internal sealed class RoleTrustRevocation(ClusterRoleTrust trust, TrustedIssuer? issuer, Func<string, bool> isMeant, TrustAccount account, IReporter reporter)
    : RoleTrustChange(trust, account, reporter)
{
    private protected override RoleTrustAction Done => RoleTrustAction.Revoked;

    private protected override Task<(ClusterRoleTrust Trust, TrustPolicy? After)> DecideAsync(ClusterRoleTrust trust, TrustPolicy policy, CancellationToken cancellationToken)
    {
        var gone = issuer is null ? [] : policy.Added(issuer).Where(isMeant).ToList();
        return Task.FromResult<(ClusterRoleTrust, TrustPolicy?)>(
            gone.Count == 0 ? (trust, null)
            : policy.Without(issuer!, gone) is { } after ? Planned(trust, policy, after, gone)
            : (trust with { Action = RoleTrustAction.Failed, Failure = TrustFailures.LastStatement(trust.RoleName) }, null));
    }
}
