using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading;

/// <summary>
/// A check of the cluster's health before the upgrade: what is the matter now is not the upgrade's fault. In place it blocks
/// as it does at any time; a blue that is left behind as it is may have its troubles, but for those that keep it from being read.
/// </summary>
/// <param name="health">The check.</param>
internal sealed class BaselineCheck(IReadinessCheck<ClusterSurvey> health) : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule => health.Rule;

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var outcome = await health.RunAsync(subject.Blue, cancellationToken).ConfigureAwait(false);
        return subject.Way == UpgradeWay.InPlace || Rule.Category == ReadinessCategory.Api
            ? outcome
            : outcome with { Findings = [.. outcome.Findings.Select(finding => finding with { Severity = ReadinessSeverity.Advisory })] };
    }
}
