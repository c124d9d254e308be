using KonUpgrade.Model;

namespace KonUpgrade.Engine.Trust;

/// <summary>Lets a role trust ServiceAccounts of a cluster, with audience and subject.</summary>
internal sealed class RoleTrustGrant(ClusterRoleTrust trust, IReadOnlyList<WantedTrust> wanted, TrustAccount account, IReporter reporter) : RoleTrustChange(trust, account, reporter)
{
    // More than this no account is given.
    private const int LargestQuota = 4096;

    private readonly IReporter _reporter = reporter;
    private bool _isWarned;

    private protected override RoleTrustAction Done => RoleTrustAction.Granted;

    private protected override async Task<(ClusterRoleTrust Trust, TrustPolicy? After)> DecideAsync(ClusterRoleTrust trust, TrustPolicy policy, CancellationToken cancellationToken)
    {
        var after = policy;
        var missing = new List<string>();
        foreach (var (issuer, subjects) in wanted)
        {
            if (await Account.WhyNotAsync(issuer, cancellationToken).ConfigureAwait(false) is { } why)
                return Failed(trust, why);
            if (subjects.Where(subject => policy.IsDenied(issuer, subject)).ToList() is { Count: > 0 } denied)
                return Failed(trust, TrustFailures.Denied(trust.RoleName, denied));
            WarnOfAnybody(policy, issuer);
            missing.AddRange(subjects.Where(subject => !policy.Trusts(issuer, subject)));
            after = after.With(issuer, subjects);
        }
        if (missing.Count == 0)
            return (trust, null);
        var quota = await Account.QuotaAsync(cancellationToken).ConfigureAwait(false);
        return after.Size > (quota ?? LargestQuota) ? Failed(trust, TrustFailures.TooLarge(trust.RoleName, after.Size, quota ?? LargestQuota)) : Planned(trust, policy, after, missing);
    }

    private static (ClusterRoleTrust Trust, TrustPolicy? After) Failed(ClusterRoleTrust trust, Failure failure) => (trust with { Action = RoleTrustAction.Failed, Failure = failure }, null);

    // Scripts that add an issuer with nothing but its audience leave such statements.
    private void WarnOfAnybody(TrustPolicy policy, TrustedIssuer issuer)
    {
        if (_isWarned || !policy.TrustsAnybody(issuer))
            return;
        _isWarned = true;
        _reporter.Warning($"Role {Trust.RoleName} trusts every ServiceAccount whose tokens {issuer.Host} signs: a statement of its trust policy names no subject. Nothing need be added; whoever may make Pods in that cluster can take the role on.");
    }
}

/// <summary>ServiceAccounts that are to be trusted.</summary>
/// <param name="Issuer">Who signs their tokens, and for whom.</param>
/// <param name="Subjects">Their subjects.</param>
internal sealed record WantedTrust(TrustedIssuer Issuer, IReadOnlyList<string> Subjects);
