using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness;

/// <summary>A check of which some findings are known and accepted: they are told as before, and do not block.</summary>
/// <typeparam name="TSubject">What it looks at.</typeparam>
/// <param name="check">The check.</param>
/// <param name="isAccepted">Whether a finding is accepted.</param>
internal sealed class AcceptingCheck<TSubject>(IReadinessCheck<TSubject> check, Func<ReadinessFinding, bool> isAccepted) : IReadinessCheck<TSubject>
    where TSubject : IReadinessSubject
{
    public ReadinessRule Rule => check.Rule;

    public async Task<ReadinessOutcome> RunAsync(TSubject subject, CancellationToken cancellationToken)
    {
        var outcome = await check.RunAsync(subject, cancellationToken).ConfigureAwait(false);
        return outcome with { Findings = [.. outcome.Findings.Select(finding => isAccepted(finding) ? finding with { Severity = ReadinessSeverity.Advisory } : finding)] };
    }
}
