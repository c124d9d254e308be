using System.Collections.Concurrent;
using KonUpgrade.Benchmarks.Upgrades;
using KonUpgrade.Benchmarks.Upgrades.Scenes;

namespace KonUpgrade.Engine.Tests.Upgrades;

/// <summary>The crash test's short form. The whole one, which kills at every point, is <c>crash</c> of KonUpgrade.Benchmarks.</summary>
public sealed class CrashTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upgrade_that_is_killed_and_run_again_ends_as_one_that_was_not() => await KillAsync(
        new CrashSeries(Undo: false, Remove: false, InCluster: false), lines: [25], changes: [5, 46]);

    [Fact]
    public async Task An_upgrade_whose_journal_is_in_a_cluster_goes_on_after_a_kill() => await KillAsync(
        new CrashSeries(Undo: false, Remove: false, InCluster: true), lines: [], changes: [1, 80]);

    [Fact]
    public async Task An_undo_that_is_killed_and_run_again_ends_as_one_that_was_not() => await KillAsync(
        new CrashSeries(Undo: true, Remove: true, InCluster: false), lines: [9], changes: [25]);

    [Fact]
    public async Task An_upgrade_that_is_taken_back_from_its_middle_goes_on_after_a_kill() => await KillAsync(
        new CrashSeries(Undo: true, Remove: true, InCluster: false) { TakenBackAfter = 20 }, lines: [], changes: [6]);

    // A backup job that was begun, and records that were changed, without an answer.
    [Fact]
    public async Task A_whole_system_with_its_account_goes_on_after_a_kill() => await KillAsync(
        new CrashSeries(Undo: false, Remove: false, InCluster: false) { SystemName = KubeflowScene.Name }, lines: [], changes: [3, 60]);

    private static async Task KillAsync(CrashSeries series, int[] lines, int[] changes)
    {
        var trial = new CrashTrial(Path.GetTempPath());
        var reference = await trial.UndisturbedAsync(series, Token);
        var points = CrashTrial.PointsOf(series, reference).Where(point => (point.At == CrashAt.Line ? lines : changes).Contains(point.Number)).ToList();
        Assert.Equal(lines.Length + changes.Length, points.Count);
        var differing = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(points, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Token }, async (point, token) =>
        {
            foreach (var difference in await trial.TryAsync(point, reference, token))
                differing.Add($"{point}: {difference}");
        });
        Assert.Empty(differing);
    }
}
