using System.Diagnostics;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>An undisturbed run.</summary>
/// <param name="State">What it ends with.</param>
/// <param name="Lines">The journal's lines that it wrote; 0 where the journal is in a cluster, which counts them as changes.</param>
/// <param name="Changes">The requests of it that changed something.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record CrashReference(EndState State, int Lines, int Changes, double Seconds);

/// <summary>
/// Tries what becomes of an upgrade that is killed: in a process of its own until then. What goes before and after goes in
/// this one, which knows nothing of it but what is written.
/// </summary>
/// <param name="directory">Where files go.</param>
internal sealed class CrashTrial(string directory)
{
    /// <summary>Runs undisturbed.</summary>
    /// <exception cref="InvalidOperationException">Even so it does not come to its end.</exception>
    public async Task<CrashReference> UndisturbedAsync(CrashSeries series, CancellationToken cancellationToken)
    {
        await using var stage = await BeginAsync(series, cancellationToken);
        var before = series.Undo && !series.InCluster ? stage.JournalLines : 0;
        var id = stage.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Unanswered, OnlyChanges = true, Skip = int.MaxValue });
        var clock = Stopwatch.StartNew();
        await stage.CarryToEndAsync(series, cancellationToken);
        return new CrashReference(await EndState.OfAsync(stage.Host, cancellationToken), series.InCluster ? 0 : stage.JournalLines - before, stage.Host.Faults.Met(id) ?? 0, clock.Elapsed.TotalSeconds);
    }

    /// <summary>The points of a series.</summary>
    public static IEnumerable<CrashPoint> PointsOf(CrashSeries series, CrashReference reference)
    {
        return
        [
            .. Enumerable.Range(1, reference.Lines).Select(number => new CrashPoint(series, CrashAt.Line, number)),
            .. Enumerable.Range(1, reference.Changes).Select(number => new CrashPoint(series, CrashAt.Change, number)),
        ];
    }

    /// <summary>Kills at a point, runs again, and tells how the end differs from that of an undisturbed run.</summary>
    public async Task<IReadOnlyList<string>> TryAsync(CrashPoint point, CrashReference reference, CancellationToken cancellationToken)
    {
        await using var stage = await BeginAsync(point.Series, cancellationToken);
        var killed = await stage.RunUntilAsync(point, cancellationToken);
        if (!killed.WasKilled && !killed.IsDone)
            return [$"before it could be killed it ended with {killed.ExitCode}: {killed.Output}"];
        // Steps side by side do not do the same in the same order each time: a run may be over before its last point.
        if (!killed.IsDone && await stage.CarryAsync(point.Series, cancellationToken) is { } failure)
            return [$"run again it ended with: {failure}"];
        var differences = (await EndState.OfAsync(stage.Host, cancellationToken)).DifferencesTo(reference.State);
        return stage.SandboxTrouble.Length == 0 ? differences : [.. differences, $"the sandbox: {stage.SandboxTrouble}"];
    }

    private async Task<UpgradeStage> BeginAsync(CrashSeries series, CancellationToken cancellationToken)
    {
        var stage = await UpgradeStage.StartAsync(series, directory, cancellationToken);
        if (series is { Undo: true, TakenBackAfter: { } changes })
        {
            var begun = await stage.RunUntilAsync(new CrashPoint(series with { Undo = false, Remove = false }, CrashAt.Change, changes), cancellationToken);
            if (!begun.WasKilled)
                throw new InvalidOperationException($"{series}: the way to green ended with {begun.ExitCode} before it could be killed: {begun.Output}");
        }
        else if (series.Undo)
        {
            await stage.CarryToEndAsync(series with { Undo = false, Remove = false }, cancellationToken);
        }

        return stage;
    }
}
