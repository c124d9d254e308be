using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Systems.Kubermatic.Reconciling;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Reconciling;

/// <summary>Waits until every seed of a Kubermatic has reconciled its user clusters by the version that the operator has brought.</summary>
internal sealed class WaitForReconcileWork : IStepWork
{
    /// <inheritdoc/>
    public string Kind => StepKind.WaitForReconcile;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        var reader = new ReconcileLimitReader(run.Target, LimitNote.OptionsOf(run, run.Value("namespace")), new OnceReporter(run.Reporter));
        IReadOnlyList<ReconcileLimit> last = [];
        var (done, seen) = await Waiting.UntilAsync(
            run,
            async token =>
            {
                await run.KeepAsync(token).ConfigureAwait(false);
                last = await ReadAsync(reader, token).ConfigureAwait(false);
                return (last.All(limit => limit.IsSettled) || run.IsApproved(PointOf(last)), Words(last));
            },
            // Once its time is over it looks once more and asks, also where somebody approved what is not so any more.
            await AttemptStart.OfAsync(run).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        if (done)
            return new StepResult(last.All(limit => limit.IsSettled) ? seen : $"{seen} (approved)");
        if (run.Value("onNotSettled") == nameof(StepDecision.Report))
            return new StepResult($"not settled after {run.Duration("timeout")}: {seen}");
        return run.Value("onNotSettled") == nameof(StepDecision.Fail)
            ? new StepResult(seen) { Failure = Waiting.TooLong(run, seen) }
            : new StepResult($"not settled after {run.Duration("timeout")}: {seen}") { ApprovalPoint = PointOf(last) };
    }

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken) =>
        new($"Now: {Words(await ReadAsync(new ReconcileLimitReader(run.Target, LimitNote.OptionsOf(run, run.Value("namespace")), run.Reporter), cancellationToken).ConfigureAwait(false))}");

    private static async Task<IReadOnlyList<ReconcileLimit>> ReadAsync(ReconcileLimitReader reader, CancellationToken cancellationToken)
    {
        var limits = new List<ReconcileLimit>();
        await foreach (var limit in reader.RunAsync(cancellationToken).ConfigureAwait(false))
            limits.Add(limit);
        return limits;
    }

    // What is approved is that these seeds are not through, with these clusters failing.
    private static string PointOf(IEnumerable<ReconcileLimit> limits) => StepResult.PointOf(
        "load", limits.SelectMany(limit => limit.Seeds).Where(seed => seed.Failure is not null || seed.RemainingLoad > 0).Select(seed => $"{seed.Seed} {string.Join(' ', seed.FailingClusters)}"));

    private static string Words(IReadOnlyList<ReconcileLimit> limits)
    {
        var seeds = limits.SelectMany(limit => limit.Seeds).ToList();
        var open = seeds.Where(seed => seed.Failure is not null || seed.RemainingLoad > 0).Select(WordsOf).ToList();
        return open.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"all {seeds.Sum(seed => seed.Total)} user clusters of {seeds.Count} {(seeds.Count == 1 ? "seed" : "seeds")} are reconciled{Left(seeds)}")
            : NameList.Some(open);
    }

    private static string Left(IReadOnlyList<SeedReconcileLoad> seeds) =>
        seeds.Sum(seed => seed.Excluded) is > 0 and var excluded ? string.Create(CultureInfo.InvariantCulture, $", but for {excluded} that nobody reconciles (paused, being deleted, or a developer's own)") : "";

    private static string WordsOf(SeedReconcileLoad seed) => seed.Failure is { } failure
        ? $"{seed.Seed} could not be read: {failure.Message}"
        : string.Create(CultureInfo.InvariantCulture, $"{seed.Seed}: {seed.InProgress} in progress and {seed.Waiting} waiting of {seed.Total}{(seed.Failing > 0 ? $", failing: {NameList.Some(seed.FailingClusters)}" : "")}");

    // What is surprising is told when it is first seen, and not with every look.
    private sealed class OnceReporter(IReporter inner) : IReporter
    {
        private readonly HashSet<string> _told = new(StringComparer.Ordinal);

        public void Progress(ProgressReport report) => inner.Progress(report);

        public void Verbose(string message) => inner.Verbose(message);

        public void Debug(string message) => inner.Debug(message);

        public void Warning(string message)
        {
            if (_told.Add(message))
                inner.Warning(message);
        }

        public void Information(string message) => inner.Information(message);
    }
}
