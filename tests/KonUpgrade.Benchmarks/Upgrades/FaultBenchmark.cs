using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>
/// Lets each verb fail in each way in the middle of an upgrade and of its undo: it ends as it would have, or it says that it
/// failed, and is brought to the same end when it is run again.
/// </summary>
internal sealed class FaultBenchmark(BenchmarkOptions options)
{
    private const int AtOnce = 2;

    // Shorter than a fault that is a timeout, longer than a busy machine takes.
    private static readonly TimeSpan s_requestTimeout = TimeSpan.FromSeconds(2);

    private static readonly IReadOnlyList<CrashSeries> s_series =
    [
        new(Undo: false, Remove: false, InCluster: false),
        new(Undo: true, Remove: true, InCluster: false),
        new(Undo: false, Remove: false, InCluster: true),
    ];

    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var trial = new CrashTrial(options.Directory);
        var differing = new ConcurrentBag<FaultCase>();
        var (done, stopped) = (0, 0);
        List<(FaultCase Case, CrashReference Reference, int Requests)> cases = [];
        foreach (var series in s_series)
        {
            var reference = await trial.UndisturbedAsync(series, cancellationToken);
            foreach (var fault in FaultCase.Of(series).GroupBy(c => c.Verb))
            {
                var requests = await CountAsync(series, fault.Key, cancellationToken);
                if (requests == 0)
                    Console.Error.WriteLine($"{series}: no {fault.Key} is sent");
                else
                    cases.AddRange(fault.Select(c => (c, reference, requests)));
            }
        }

        cases = [.. cases.Where((_, i) => i % options.Every == 0)];
        await Parallel.ForEachAsync(
            cases,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (one, token) =>
            {
                var (differences, resumed) = await TryAsync(one.Case, one.Reference, one.Requests, token);
                if (resumed)
                    Interlocked.Increment(ref stopped);
                if (differences.Count > 0)
                {
                    differing.Add(one.Case);
                    Console.Error.WriteLine($"{one.Case}:{string.Concat(differences.Select(line => $"\n  {line}"))}");
                }

                if (Interlocked.Increment(ref done) % 25 == 0)
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done} of {cases.Count} cases, {clock.Elapsed.TotalSeconds:0} s"));
            });
        Rows.Print("faults.cases", cases.Count);
        Rows.Print("faults.resumed", stopped);
        Rows.Print("faults.differing", differing.Count);
        Rows.Print("faults.seconds", clock.Elapsed.TotalSeconds);
        return differing.IsEmpty;
    }

    private async Task<int> CountAsync(CrashSeries series, string verb, CancellationToken cancellationToken)
    {
        await using var stage = await StageAsync(series, cancellationToken);
        // One that lets all pass, and counts.
        var id = stage.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Slow, Verb = verb, Skip = int.MaxValue });
        await stage.RunAsync(series.Undo, series.Remove, cancellationToken);
        return stage.Host.Faults.Met(id) ?? 0;
    }

    private async Task<(IReadOnlyList<string> Differences, bool Resumed)> TryAsync(FaultCase one, CrashReference reference, int requests, CancellationToken cancellationToken)
    {
        await using var stage = await StageAsync(one.Series, cancellationToken);
        var id = stage.Host.Faults.Add(one.Fault with { Skip = requests / 2, Count = one.Count });
        var end = await stage.RunAsync(one.Series.Undo, one.Series.Remove, cancellationToken);
        if (stage.Host.Faults.Struck(id) is null or 0)
            return ([$"the fault did not strike: {end.Output}"], false);
        stage.Host.Faults.Remove(id);
        var failed = end.ExitCode == UpgradeChild.Failed;
        if (!end.IsDone && !failed)
            return ([$"it ended with {end.ExitCode}: {end.Output}"], false);
        if (failed)
        {
            var why = end.Output;
            end = await stage.RunAsync(one.Series.Undo, one.Series.Remove, cancellationToken);
            if (!end.IsDone)
                return ([$"it stopped ({why}), and run again it ended with {end.ExitCode}: {end.Output}"], true);
        }

        var differences = EndState.Of(stage.Host).DifferencesTo(reference.State);
        return (stage.SandboxTrouble.Length == 0 ? differences : [.. differences, $"the sandbox: {stage.SandboxTrouble}"], failed);
    }

    private async Task<UpgradeStage> StageAsync(CrashSeries series, CancellationToken cancellationToken)
    {
        var stage = await UpgradeStage.StartAsync(options.Directory, series.InCluster, s_requestTimeout, cancellationToken);
        if (series.Undo && await stage.RunAsync(undo: false, remove: false, cancellationToken) is { IsDone: false } end)
            throw new InvalidOperationException($"{series}: the upgrade before it ended with {end.ExitCode}: {end.Output}");
        return stage;
    }
}
