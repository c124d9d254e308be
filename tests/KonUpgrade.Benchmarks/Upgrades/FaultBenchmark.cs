using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using KonUpgrade.Benchmarks.Upgrades.Scenes;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>
/// Lets requests of each verb, and of each service of AWS, fail in each way in the middle of an upgrade and of its undo: it
/// ends as it would have, or it says that it failed, and is brought to the same end when it is run again.
/// </summary>
internal sealed class FaultBenchmark(BenchmarkOptions options)
{
    // Much of it is waiting.
    private const int AtOnce = 6;

    // Whether something is watched at all is a matter of time: what is there already is not waited for.
    private const int MostTries = 4;

    // Shorter than a fault that is a timeout, longer than a busy machine takes.
    private static readonly TimeSpan s_requestTimeout = TimeSpan.FromSeconds(2);

    private static readonly IReadOnlyList<CrashSeries> s_series =
    [
        new(Undo: false, Remove: false, InCluster: false) { SystemName = KonstellationScene.Name },
        new(Undo: true, Remove: true, InCluster: false) { SystemName = KonstellationScene.Name },
        new(Undo: false, Remove: false, InCluster: false) { SystemName = KubeflowScene.Name },
        new(Undo: true, Remove: true, InCluster: false) { SystemName = KubeflowScene.Name },
        new(Undo: false, Remove: false, InCluster: false),
        new(Undo: true, Remove: true, InCluster: false),
        new(Undo: false, Remove: false, InCluster: true),
    ];

    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var differing = new ConcurrentBag<FaultCase>();
        var (done, stopped, missed) = (0, 0, 0);
        List<(FaultCase Case, FaultReference Reference)> cases = [];
        foreach (var series in s_series.Where(series => options.System is null || series.SystemName == options.System))
        {
            var reference = await UndisturbedAsync(series, cancellationToken);
            foreach (var target in reference.Requests.Where(target => target.Value.All == 0))
                Console.Error.WriteLine($"{series}: nothing of {target.Key.Name} is sent");
            cases.AddRange(FaultCase.Of(series).Where(one => one.Request is not { } request || reference.Of(request.Target, request.Fault.Kind) > 0).Select(one => (one, reference)));
        }

        cases = [.. cases.Where(one => one.Case.ToString().Contains(options.Only, StringComparison.Ordinal)).Where((_, i) => i % options.Every == 0)];
        await Parallel.ForEachAsync(
            cases,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (one, token) =>
            {
                var (differences, resumed) = await TryAsync(one.Case, one.Reference, token);
                for (var tries = 1; differences is null && tries < MostTries; tries++)
                    (differences, resumed) = await TryAsync(one.Case, one.Reference, token);
                if (differences is null)
                {
                    Interlocked.Increment(ref missed);
                    Console.Error.WriteLine($"{one.Case}: nothing was watched");
                    differences = [];
                }

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
        Rows.Print("faults.missed", missed);
        Rows.Print("faults.resumed", stopped);
        Rows.Print("faults.differing", differing.Count);
        Rows.Print("faults.seconds", clock.Elapsed.TotalSeconds);
        return differing.IsEmpty;
    }

    private async Task<FaultReference> UndisturbedAsync(CrashSeries series, CancellationToken cancellationToken)
    {
        await using var stage = await StageAsync(series, cancellationToken);
        var before = series.InCluster || !series.Undo ? 0 : stage.JournalLines;
        // They let all pass, and count: each request, and each that had its effect.
        var counts = FaultTarget.Of(series.SystemName).ToDictionary(target => target, target => (All: Count(FaultKind.Slow, target), Effects: Count(FaultKind.Unanswered, target)));
        await stage.CarryToEndAsync(series, cancellationToken, s_requestTimeout);
        return new FaultReference(
            await EndState.OfAsync(stage.Host, cancellationToken),
            counts.ToDictionary(count => count.Key, count => (stage.Host.Faults.Met(count.Value.All) ?? 0, stage.Host.Faults.Met(count.Value.Effects) ?? 0)),
            series.InCluster ? 0 : stage.JournalLines - before);

        string Count(FaultKind kind, FaultTarget target) => stage.Host.Faults.Add(target.Aim(new SandboxFault { Kind = kind, Skip = int.MaxValue }));
    }

    // What differs, or null where what was to be watched was not.
    private async Task<(IReadOnlyList<string>? Differences, bool Resumed)> TryAsync(FaultCase one, FaultReference reference, CancellationToken cancellationToken)
    {
        try
        {
            return await StrikeAsync(one, reference, cancellationToken);
        }
        // No upgrade ends with anything but a failure of its own.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return ([e.ToString()], false);
        }
    }

    private async Task<(IReadOnlyList<string>? Differences, bool Resumed)> StrikeAsync(FaultCase one, FaultReference reference, CancellationToken cancellationToken)
    {
        await using var stage = await StageAsync(one.Series, cancellationToken);
        string? failure;
        if (one.Request is { } request)
        {
            var id = stage.Host.Faults.Add(request.Fault with { Skip = (int)(reference.Of(request.Target, request.Fault.Kind) * one.At), Count = one.Count });
            failure = await stage.CarryAsync(one.Series, cancellationToken, s_requestTimeout);
            if (stage.Host.Faults.Struck(id) is null or 0)
                return (failure is null && request.Target.Verb == "watch" ? null : [$"the fault did not strike: {failure}"], false);
            stage.Host.Faults.Remove(id);
        }
        else
        {
            failure = await stage.CarryAsync(one.Series, cancellationToken, s_requestTimeout, (int)(reference.Lines * one.At));
            if (failure is null)
                return (["it came to its end without a journal"], false);
        }

        if (failure is not null && await stage.CarryAsync(one.Series, cancellationToken, s_requestTimeout) is { } again)
            return ([$"it stopped ({failure}), and run again it ended with: {again}"], true);
        var differences = (await EndState.OfAsync(stage.Host, cancellationToken)).DifferencesTo(reference.State);
        return (stage.SandboxTrouble.Length == 0 ? differences : [.. differences, $"the sandbox: {stage.SandboxTrouble}"], failure is not null);
    }

    private async Task<UpgradeStage> StageAsync(CrashSeries series, CancellationToken cancellationToken)
    {
        var stage = await UpgradeStage.StartAsync(series, options.Directory, cancellationToken);
        if (series.Undo)
            await stage.CarryToEndAsync(series with { Undo = false, Remove = false }, cancellationToken, s_requestTimeout);
        return stage;
    }

    // An undisturbed run: its end, how many requests each target met, and the lines of the journal.
    private sealed record FaultReference(EndState State, IReadOnlyDictionary<FaultTarget, (int All, int Effects)> Requests, int Lines)
    {
        /// <summary>How many requests a fault could strike.</summary>
        public int Of(FaultTarget target, FaultKind kind) => kind == FaultKind.Unanswered ? Requests[target].Effects : Requests[target].All;
    }
}
