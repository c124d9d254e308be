using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using KonUpgrade.Benchmarks.Upgrades.Scenes;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>
/// Kills an upgrade after every line of its journal and after every request that changes something, runs it again, and
/// compares what both clusters have in the end with an undisturbed run; the same for the way back.
/// </summary>
internal sealed class CrashBenchmark(BenchmarkOptions options)
{
    private const int MostNoise = 100;

    // They wait as much as they work.
    private static readonly int s_atOnce = Environment.ProcessorCount + 1;

    private static readonly IReadOnlyList<CrashSeries> s_series =
    [
        // Whole systems, with all that is in their account.
        new(Undo: false, Remove: false, InCluster: false) { SystemName = KonstellationScene.Name },
        new(Undo: true, Remove: true, InCluster: false) { SystemName = KonstellationScene.Name },
        new(Undo: false, Remove: false, InCluster: false) { SystemName = KubeflowScene.Name },
        new(Undo: true, Remove: true, InCluster: false) { SystemName = KubeflowScene.Name },
        new(Undo: false, Remove: false, InCluster: true) { SystemName = KubeflowScene.Name },
        // A little of everything.
        new(Undo: false, Remove: false, InCluster: false),
        new(Undo: true, Remove: false, InCluster: false),
        new(Undo: true, Remove: true, InCluster: false),
        new(Undo: false, Remove: false, InCluster: true),
        new(Undo: true, Remove: true, InCluster: true),
        // In the middle of the import, and of what is brought later.
        new(Undo: true, Remove: true, InCluster: false) { TakenBackAfter = 20 },
        new(Undo: true, Remove: true, InCluster: false) { TakenBackAfter = 60 },
    ];

    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var trial = new CrashTrial(options.Directory);
        var references = new Dictionary<CrashSeries, CrashReference>();
        foreach (var series in s_series.Where(series => options.System is null || series.SystemName == options.System))
        {
            references[series] = await trial.UndisturbedAsync(series, cancellationToken);
            // Two undisturbed runs that differ would make every difference worthless.
            var again = await trial.UndisturbedAsync(series, cancellationToken);
            if (again.State.DifferencesTo(references[series].State, MostNoise) is { Count: > 0 } noise)
                throw new InvalidOperationException($"{series}: two undisturbed runs differ: {string.Join("\n", noise)}");
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{series}: {again.Seconds:0.0} s undisturbed, {references[series].Lines} lines, {references[series].Changes} changes, {references[series].State.ObjectCount} objects in the end"));
        }

        var points = references.SelectMany(r => CrashTrial.PointsOf(r.Key, r.Value)).Where((_, i) => i % options.Every == 0).ToList();
        var differing = new ConcurrentBag<CrashPoint>();
        var done = 0;
        await Parallel.ForEachAsync(
            points,
            new ParallelOptions { MaxDegreeOfParallelism = s_atOnce, CancellationToken = cancellationToken },
            async (point, token) =>
            {
                var differences = await trial.TryAsync(point, references[point.Series], token);
                var count = Interlocked.Increment(ref done);
                if (differences.Count > 0)
                {
                    differing.Add(point);
                    Console.Error.WriteLine($"{point}:{string.Concat(differences.Select(line => $"\n  {line}"))}");
                }

                if (count % 25 == 0)
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} of {points.Count} points, {clock.Elapsed.TotalSeconds:0} s"));
            });
        Rows.Print("crash.undisturbed_seconds", references.Values.Max(reference => reference.Seconds));
        Rows.Print("crash.points", points.Count);
        Rows.Print("crash.differing", differing.Count);
        Rows.Print("crash.seconds", clock.Elapsed.TotalSeconds);
        return differing.IsEmpty;
    }
}
