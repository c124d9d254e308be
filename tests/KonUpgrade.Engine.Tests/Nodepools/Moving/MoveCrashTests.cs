using System.Collections.Concurrent;
using KonUpgrade.Engine.Tests.Nodepools.Eks;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools.Moving;

/// <summary>A move that is ended after each of its changes, the last one sent and not answered, and run again.</summary>
public sealed class MoveCrashTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_move_that_is_killed_at_any_moment_and_run_again_ends_as_one_that_was_not()
    {
        await using var whole = await MoveScene.StartAsync();
        await whole.FillAsync();
        NodepoolMove? undisturbed = null;
        var changes = await whole.CountAsync(async () => undisturbed = await whole.MoveAsync());
        Assert.Empty(await whole.FaultsOfTheEndAsync(undisturbed!));
        // The pool, its successor's limit, two nodes, six pods, the end of the pool.
        Assert.InRange(changes, 11, 30);
        var faults = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Enumerable.Range(1, changes), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Token }, async (number, _) =>
        {
            await using var scene = await MoveScene.StartAsync();
            await scene.FillAsync();
            await scene.KillAsync(number);
            foreach (var fault in await scene.FaultsOfTheEndAsync(await scene.MoveAsync()))
                faults.Add($"killed at change {number}: {fault}");
        });
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_move_of_Konstellation_s_pool_that_is_killed_between_Nodepool_and_node_group_carries_on()
    {
        var nodepools = MoveScene.Any with { Resource = "nodepools*" };
        await using var whole = await MoveScene.StartAsync(isKonstellation: true);
        await whole.FillAsync();
        NodepoolMove? undisturbed = null;
        var changes = await whole.CountAsync(async () => undisturbed = await whole.MoveAsync(), nodepools);
        Assert.Empty(await whole.FaultsOfTheEndAsync(undisturbed!));
        Assert.Equal("Konstellation", undisturbed!.Provider);
        // Made, said to be made, its status; said to be removed, and removed.
        Assert.Equal(5, changes);
        var kills = Enumerable.Range(1, changes).Select(number => (Number: number, Of: nodepools))
            .Append((Number: 1, Of: MoveScene.Any with { Verb = "CreateNodegroup" })).Append((Number: 1, Of: MoveScene.Any with { Verb = "DeleteNodegroup" }));
        var faults = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(kills, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Token }, async (kill, _) =>
        {
            await using var scene = await MoveScene.StartAsync(isKonstellation: true);
            await scene.FillAsync();
            Assert.Null(await scene.KillAsync(kill.Number, kill.Of));
            foreach (var fault in await scene.FaultsOfTheEndAsync(await scene.MoveAsync()))
                faults.Add($"killed at change {kill.Number} of {kill.Of.Verb ?? kill.Of.Resource}: {fault}");
        });
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_move_that_is_killed_again_and_again_comes_to_its_end()
    {
        await using var scene = await MoveScene.StartAsync();
        await scene.FillAsync();
        NodepoolMove? end = null;
        for (var runs = 1; end is null; runs++)
        {
            Assert.InRange(runs, 1, 30);
            // Each run comes one change further; the drain's own order may be another each time.
            end = await scene.KillAsync(1);
        }
        Assert.Empty(await scene.FaultsOfTheEndAsync(end));
    }

    [Fact]
    public async Task A_run_that_finds_the_old_pool_gone_waits_until_the_new_one_does_its_work()
    {
        await using var scene = await MoveScene.StartAsync();
        await scene.FillAsync();
        Assert.Null(await scene.KillAsync(1));
        var keeper = await scene.KeeperAsync();
        var old = (await keeper.FindAsync(MoveScene.Old, Token))!;
        await keeper.RemoveAsync(old, Token);
        await keeper.WaitRemovedAsync(old, LiveEks.Soon, Token);
        var move = await scene.MoveAsync();
        Assert.Equal((NodepoolMoveAction.Unchanged, null, 2), (move.Action, move.Failure, move.NewNodepool!.ReadyCount));
    }
}
