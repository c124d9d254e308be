using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Upgrading;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>A check of what kubermatic-installer would refuse, before it upgrades a Kubermatic in place.</summary>
/// <param name="check">The check.</param>
internal sealed class PreflightCheck(IReadinessCheck<KubermaticSurvey> check) : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule => check.Rule;

    public Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken) => subject.Way == UpgradeWay.InPlace
        ? MasterCheck.RunAsync(check, subject.Blue, subject.SystemVersion is { } version ? KubermaticTarget.Of(version) : null, cancellationToken)
        : Task.FromResult(ReadinessOutcome.None("The installer upgrades a Kubermatic in place, and blue is left as it is."));
}
