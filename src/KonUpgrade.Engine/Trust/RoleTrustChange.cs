using System.Text.RegularExpressions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Trust;

/// <summary>A change of one role's trust policy: what it would be, and that it is made.</summary>
public abstract partial class RoleTrustChange
{
    private readonly IReporter _reporter;

    private protected RoleTrustChange(ClusterRoleTrust trust, TrustAccount account, IReporter reporter) => (Trust, Account, _reporter) = (trust, account, reporter);

    private protected ClusterRoleTrust Trust { get; }

    private protected TrustAccount Account { get; }

    /// <summary>What has become of the role when the change is made.</summary>
    private protected abstract RoleTrustAction Done { get; }

    /// <summary>What would be done: Planned, Unchanged or Failed. Nothing is changed.</summary>
    /// <exception cref="UpgradeException">AWS can't be asked at all: no login, no way.</exception>
    public async Task<ClusterRoleTrust> PlanAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await DecideAsync(cancellationToken).ConfigureAwait(false)).Trust;
        }
        catch (UpgradeException e) when (e.Failure.Kind is not (FailureKind.Authentication or FailureKind.Unavailable or FailureKind.Timeout))
        {
            return Failed(e.Failure);
        }
    }

    /// <summary>Makes the change. What the policy became since it was planned is looked at anew.</summary>
    /// <returns>Granted, Revoked, Unchanged or Failed.</returns>
    /// <exception cref="UpgradeException">The login is refused.</exception>
    public async Task<ClusterRoleTrust> RunAsync(CancellationToken cancellationToken)
    {
        var trust = Trust;
        try
        {
            (trust, var policy) = await DecideAsync(cancellationToken).ConfigureAwait(false);
            if (policy is null)
                return trust;
            await UpdateAsync(policy, cancellationToken).ConfigureAwait(false);
            _reporter.Verbose($"Role {trust.RoleName}, {Done}: {string.Join(", ", trust.Subjects)}\n{string.Join('\n', trust.Difference)}");
            return trust with { Action = Done };
        }
        catch (UpgradeException e) when (e.Failure.Kind != FailureKind.Authentication)
        {
            return trust with { Action = RoleTrustAction.Failed, Failure = e.Failure };
        }
    }

    /// <summary>What is to become of a policy.</summary>
    /// <returns>Planned with the policy to be, or Unchanged or Failed without one.</returns>
    private protected abstract Task<(ClusterRoleTrust Trust, TrustPolicy? After)> DecideAsync(ClusterRoleTrust trust, TrustPolicy policy, CancellationToken cancellationToken);

    /// <summary>A change that is worth making.</summary>
    private protected static (ClusterRoleTrust Trust, TrustPolicy? After) Planned(ClusterRoleTrust trust, TrustPolicy before, TrustPolicy after, IReadOnlyList<string> subjects) =>
        (trust with { Action = RoleTrustAction.Planned, Subjects = subjects, PolicyAfter = after.Document, Difference = PolicyDifference.Of(before, after) }, after);

    /// <summary>The parts of a role's ARN; null where it is none.</summary>
    internal static (string Partition, string Account, string Name)? Parts(string roleArn) =>
        RoleArn().Match(roleArn) is { Success: true } arn ? (arn.Groups["partition"].Value, arn.Groups["account"].Value, arn.Groups["name"].Value) : null;

    private async Task<(ClusterRoleTrust Trust, TrustPolicy? After)> DecideAsync(CancellationToken cancellationToken)
    {
        if (Parts(Trust.RoleArn) is not var (_, account, name))
            return (Failed(TrustFailures.RoleInvalid(Trust.RoleArn)), null);
        // The role comes first: with another account's credentials its provider can't be found either.
        if (await Account.RoleAsync(name, cancellationToken).ConfigureAwait(false) is not { } role)
            return (Failed(TrustFailures.RoleNotFound(name, account)), null);
        if (role.Arn != Trust.RoleArn)
            return (Failed(Parts(role.Arn)?.Account == account ? TrustFailures.OtherPath(Trust.RoleArn, role.Arn) : TrustFailures.OtherAccount(Trust.RoleArn, role.Arn)), null);
        var policy = TrustPolicy.Parse(role.RoleName, role.PolicyDocument);
        return await DecideAsync(Trust with { Action = RoleTrustAction.Unchanged, PolicyBefore = role.PolicyDocument }, policy, cancellationToken).ConfigureAwait(false);
    }

    private async Task UpdateAsync(TrustPolicy policy, CancellationToken cancellationToken)
    {
        try
        {
            await Account.UpdateAsync(Trust.RoleName, policy, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e) when (e.Failure.Kind == FailureKind.LimitsExceeded && e.Failure.Id == "IamLimitExceeded")
        {
            throw new UpgradeException(TrustFailures.TooLarge(Trust.RoleName, policy.Size, quota: null), e);
        }
    }

    private ClusterRoleTrust Failed(Failure failure) => Trust with { Action = RoleTrustAction.Failed, Failure = failure };

    [GeneratedRegex(@"^arn:(?<partition>aws[a-z-]*):iam::(?<account>\d{12}):role/(?:[\x21-\x7E]*/)?(?<name>[\w+=,.@-]{1,64})\z", RegexOptions.CultureInvariant)]
    private static partial Regex RoleArn();
}
