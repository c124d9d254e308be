using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Comparing;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Checks;

/// <summary>Waits until green is as well as blue.</summary>
internal sealed class CompareHealthWork : IStepWork
{
    private const int Shown = 5;

    /// <inheritdoc/>
    public string Kind => StepKind.CompareHealth;

    /// <inheritdoc/>
    public Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken) => CompareAsync(run, run.Duration("timeout"), cancellationToken);

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken) =>
        new((await CompareAsync(run, wait: null, cancellationToken).ConfigureAwait(false)).Text);

    private static async Task<StepResult> CompareAsync(StepRun run, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var system = run.Session.System;
        var records = new ImportRecords();
        if (run.Value("export") is { } id)
            records.AddExport(await ManifestDirectory.OpenAsync(run.Other(id).Output[ExportConfigWork.PathOutput], cancellationToken, run.Session.Opening).ConfigureAwait(false));
        var options = new HealthComparisonOptions
        {
            System = system,
            Checks = SystemChecks.HealthOf(system.Description),
            Namespaces = run.Plan.Selection.Namespace,
            Wait = wait is null ? null : new ReadinessWait(wait) { Time = run.Time },
            Records = records,
        };
        var comparer = new HealthComparer(run.Session.Blue, run.Green, options, run.Reporter);
        var counts = new Counts();
        var blocking = new List<ClusterDifference>();
        using var list = wait is null ? null : StepLists.Health.Begin(run);
        await foreach (var difference in comparer.RunAsync(cancellationToken).ConfigureAwait(false))
        {
            counts.Add(difference.State);
            list?.Add(difference);
            if (difference.IsBlocking)
                blocking.Add(difference);
        }

        return Judge(run, comparer, counts, blocking) with { Output = list?.End() ?? new Dictionary<string, string>() };
    }

    private static StepResult Judge(StepRun run, HealthComparer comparer, Counts counts, List<ClusterDifference> blocking)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{comparer.ObjectCount} compared, {(counts.Total == 0 ? "no difference" : counts)}{(blocking.Count == 0 ? "" : $"; blocking: {NameList.Some([.. blocking.Select(difference => difference.ToString())], Shown)}")}");
        // Nothing is said of what could not be seen.
        if (comparer.Failures.Count > 0)
            return new StepResult(text) { Failure = Incomplete(run, comparer.Failures) };
        if (blocking.Count == 0)
            return new StepResult(text);
        var point = StepResult.PointOf("health", blocking.Select(difference => $"{difference.Kind} {difference.Namespace}/{difference.Name} {difference.Aspect}").Order(StringComparer.Ordinal));
        return StepDecisions.Decide(run, "onDifference", text, point, () => Differs(run, blocking));
    }

    private static Failure Incomplete(StepRun run, IReadOnlyList<Failure> failures) => new()
    {
        Id = "ComparisonIncomplete",
        Kind = FailureKind.Incomplete,
        Message = string.Create(CultureInfo.InvariantCulture, $"The comparison is not complete: {failures.Count} things could not be read. First: {failures[0].Message}"),
        Recommendation = failures[0].Recommendation ?? "Mend the cause and resume.",
        Target = failures[0].Target ?? run.Green.Context.Name,
    };

    private static Failure Differs(StepRun run, List<ClusterDifference> blocking) => new()
    {
        Id = "GreenNotEqual",
        Kind = FailureKind.Incomplete,
        Message = string.Create(CultureInfo.InvariantCulture, $"{run.Green.Context.Name} is not what {run.Session.Blue.Context.Name} is: {blocking.Count} differences block. First: {blocking[0]}"),
        Recommendation = "Mend what differs and resume.",
        Target = run.Green.Context.Name,
    };
}
