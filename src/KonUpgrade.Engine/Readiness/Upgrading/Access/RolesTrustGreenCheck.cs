using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Trust;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Access;

/// <summary>
/// Every IAM role that ServiceAccounts of blue name (annotation eks.amazonaws.com/role-arn) trusts the same ServiceAccounts of
/// green: its pods can take the role on as soon as they are there. Only what is read is asked of IAM.
/// </summary>
internal sealed class RolesTrustGreenCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "RolesTrustGreen",
        Title = "The roles of blue's ServiceAccounts trust green's",
        Category = ReadinessCategory.Access,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Grant-ClusterRoleTrust adds green's ServiceAccounts to the trust policies, once they are there; it takes -Issuer for a cluster that still lacks them.",
        Documentation = "https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        if (subject.Way == UpgradeWay.InPlace)
            return ReadinessOutcome.None("In place the tokens of ServiceAccounts stay the same issuer's.");
        if (subject.Green is not { } green)
            return ReadinessOutcome.None("There is no green cluster yet, whose issuer the roles could trust.");
        if ((green.Cluster.Eks ?? subject.Blue.Cluster.Eks) is not { } eks)
            return ReadinessOutcome.None($"Nothing tells that {subject.Name} or {green.Name} is a cluster of EKS.");
        var issuer = await RoleTruster.IssuerOfAsync(green.Cluster, cancellationToken).ConfigureAwait(false);
        using var iam = new IamClient(eks.Login.Beside(), subject.Reporter);
        var roles = await new RoleTruster(iam, subject.Reporter).GrantsAsync(subject.Blue.Cluster, new RoleTrustOptions { Issuer = issuer }, cancellationToken).ConfigureAwait(false);
        if (roles.Count == 0)
            return ReadinessOutcome.None("No ServiceAccount here names a role.");
        var findings = new List<ReadinessFinding>();
        var unread = new List<Failure>();
        foreach (var role in roles)
        {
            var plan = await role.PlanAsync(cancellationToken).ConfigureAwait(false);
            if (plan.Action == RoleTrustAction.Planned)
                findings.Add(Finding(plan, $"it does not trust {NameList.Some(plan.Subjects)} of {green.Name}", remedy: null));
            else if (plan.Failure is { Kind: FailureKind.NotFound or FailureKind.Refused or FailureKind.InvalidData or FailureKind.LimitsExceeded } wrong)
                findings.Add(Finding(plan, wrong.Message, wrong.Recommendation));
            else if (plan.Failure is { } failure)
                unread.Add(failure);
        }
        return ReadinessOutcome.Of(roles.Count, "role", findings) with { Unread = unread };
    }

    private static ReadinessFinding Finding(ClusterRoleTrust plan, string message, string? remedy) => new()
    {
        Target = $"role {plan.RoleName} ({NameList.Some([.. plan.ServiceAccounts])})",
        Name = plan.RoleArn,
        Message = message,
        Severity = ReadinessSeverity.Blocking,
        Remedy = remedy,
    };
}
