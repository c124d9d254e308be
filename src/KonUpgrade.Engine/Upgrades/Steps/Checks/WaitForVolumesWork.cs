using System.Globalization;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Health;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Checks;

/// <summary>
/// Waits until claims have their volumes, before what needs them is released. One whose storage class waits for a Pod
/// (WaitForFirstConsumer) gets its volume when a Pod wants it, so that it is told and not waited for.
/// Source: Kubernetes, concepts/storage/storage-classes, volume binding mode.
/// </summary>
internal sealed class WaitForVolumesWork : IStepWork
{
    /// <inheritdoc/>
    public string Kind => StepKind.WaitForVolumes;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        var seen = new List<ReadinessCheck>();
        var result = await Verdict(run).JudgeAsync(LookAsync(run, run.Duration("timeout"), seen, cancellationToken), cancellationToken).ConfigureAwait(false);
        return result with { Text = Words(seen, result.Text) };
    }

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken)
    {
        var seen = new List<ReadinessCheck>();
        var result = await Verdict(run).PreviewAsync(LookAsync(run, wait: null, seen, cancellationToken), cancellationToken).ConfigureAwait(false);
        return new StepResult(Words(seen, result.Text));
    }

    private static CheckVerdict Verdict(StepRun run) => new(run, "onNotBound", "VolumesNotBound");

    private static async IAsyncEnumerable<ReadinessCheck> LookAsync(StepRun run, TimeSpan? wait, List<ReadinessCheck> seen, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var survey = await ClusterSurvey.BeginAsync(run.Target, run.Plan.Selection.Namespace, cancellationToken, run.Time).ConfigureAwait(false);
        await using var closing = survey.ConfigureAwait(false);
        var patience = wait is null ? null : new ReadinessWait(wait) { Time = run.Time };
        await foreach (var check in HealthRun.RunAsync(survey, [new ClaimsBoundCheck(run.Texts("claims"))], patience, run.Reporter, run.Session.ThrottleLimit, cancellationToken).ConfigureAwait(false))
        {
            seen.Add(check);
            yield return check;
        }
    }

    private static string Words(List<ReadinessCheck> seen, string judged)
    {
        if (seen is not [{ Status: not ReadinessStatus.Unknown } check])
            return judged;
        var waiting = check.Findings.Where(finding => finding.Severity == ReadinessSeverity.Advisory).Select(finding => finding.Target).ToList();
        var told = waiting.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {waiting.Count} wait for a Pod that wants them, as their storage class has it: {NameList.Some(waiting)}");
        return check.IsBlocking ? $"{judged}{told}" : $"{check.Message}{told}";
    }
}
