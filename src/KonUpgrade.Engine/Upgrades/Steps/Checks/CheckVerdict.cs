using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Checks;

/// <summary>What a step makes of the checks that it runs: it goes on, asks or fails, by its own setting.</summary>
/// <param name="run">The step.</param>
/// <param name="setting">The setting that says what becomes of it where a check blocks.</param>
/// <param name="failureId">The id of the failure then.</param>
internal sealed class CheckVerdict(StepRun run, string setting, string failureId)
{
    private readonly List<ReadinessCheck> _checks = [];

    /// <summary>Runs the checks, and tells what they mean for the step.</summary>
    public async Task<StepResult> JudgeAsync(IAsyncEnumerable<ReadinessCheck> checks, CancellationToken cancellationToken)
    {
        await TakeAsync(checks, cancellationToken).ConfigureAwait(false);
        var list = await StepLists.Checks.WriteAsync(run, _checks, cancellationToken).ConfigureAwait(false);
        return Judge() with { Output = list };
    }

    /// <summary>Runs the checks, and tells how they come out as the cluster is now, whatever that means.</summary>
    public async Task<StepResult> PreviewAsync(IAsyncEnumerable<ReadinessCheck> checks, CancellationToken cancellationToken)
    {
        await TakeAsync(checks, cancellationToken).ConfigureAwait(false);
        return new StepResult(IsChangedBefore && Blocking(_checks).Count > 0 ? $"Now, without what the steps before it bring: {this}" : ToString());
    }

    /// <summary>Those that block.</summary>
    public static IReadOnlyList<ReadinessCheck> Blocking(IEnumerable<ReadinessCheck> checks) => [.. checks.Where(check => check.IsBlocking)];

    /// <summary>That checks block.</summary>
    /// <param name="id">The failure's id.</param>
    /// <param name="blocking">They.</param>
    public static Failure Blocked(string id, IReadOnlyList<ReadinessCheck> blocking) => new()
    {
        Id = id,
        Kind = FailureKind.Incomplete,
        Message = string.Create(
            CultureInfo.InvariantCulture,
            $"{blocking.Count} {(blocking.Count == 1 ? "check blocks or could not be made" : "checks block or could not be made")} ({NameList.Some([.. blocking.Select(check => check.Id)])}). First: {blocking[0].Message}"),
        Recommendation = blocking[0].Remedy ?? "Mend what the checks found and resume; exclude in the plan leaves out what is known.",
        Target = blocking[0].Cluster,
    };

    /// <inheritdoc/>
    public override string ToString()
    {
        var counts = new Counts();
        foreach (var check in _checks)
            counts.Add(check.Status);
        var blocking = Blocking(_checks);
        var first = blocking.Count == 0 ? "" : $"; blocking: {NameList.Some([.. blocking.Select(check => check.Id)])}. First: {blocking[0].Message}";
        return $"{counts}{first}";
    }

    private bool IsChangedBefore => run.Plan.Steps.TakeWhile(step => step.Id != run.Step.Id)
        .Any(step => step.Target == run.Step.Target && step.Risk != UpgradeRisk.None && run.Other(step.Id).State != UpgradeStepState.Completed);

    private StepResult Judge()
    {
        var blocking = Blocking(_checks);
        var text = ToString();
        if (blocking.Count == 0)
            return new StepResult(text);
        // What is approved is what was seen; when something else blocks, somebody is asked again.
        var point = StepResult.PointOf("checks", blocking.SelectMany(NamesOf).Order(StringComparer.Ordinal));
        return StepDecisions.Decide(run, setting, text, point, () => Blocked(failureId, blocking));
    }

    private async Task TakeAsync(IAsyncEnumerable<ReadinessCheck> checks, CancellationToken cancellationToken)
    {
        await foreach (var check in checks.WithCancellation(cancellationToken).ConfigureAwait(false))
            _checks.Add(check);
    }

    private static IEnumerable<string> NamesOf(ReadinessCheck check)
    {
        var found = check.Findings.Where(finding => finding.Severity == ReadinessSeverity.Blocking).Select(finding => $"{check.Id} {finding.Target}").ToList();
        return found.Count > 0 ? found : [$"{check.Id} {check.Status}"];
    }
}
