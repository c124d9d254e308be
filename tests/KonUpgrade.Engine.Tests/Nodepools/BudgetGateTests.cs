using KonUpgrade.Engine.Nodepools.Draining.Running;
using KonUpgrade.Engine.Tests.Support;

namespace KonUpgrade.Engine.Tests.Nodepools;

public sealed class BudgetGateTests
{
    private static readonly Task s_nothing = new TaskCompletionSource().Task;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task As_many_ask_at_once_as_the_budget_lets_go_first_come_first_served()
    {
        using var gate = new BudgetGate(new ManualTime());
        gate.Update(Drained.Budget("web", 8, 10, 2, 10));
        var entering = Enumerable.Range(0, 4).Select(_ => gate.EnterAsync(s_nothing, Token)).ToList();
        Assert.Equal([true, true, false, false], entering.Select(e => e.IsCompleted));
        gate.Leave((await entering[0])!.Value, EvictionResult.Accepted);
        Assert.False(entering[2].IsCompleted);
        // What was granted is in what is heard next.
        gate.Update(Drained.Budget("web", 8, 10, 2, 10));
        Assert.NotNull(await entering[2]);
        Assert.False(entering[3].IsCompleted);
    }

    [Fact]
    public async Task A_turn_without_a_question_is_the_next_ones()
    {
        using var gate = new BudgetGate(new ManualTime());
        gate.Update(Drained.Budget("web", 9, 10, 1, 10));
        var turn = await gate.EnterAsync(s_nothing, Token);
        var next = gate.EnterAsync(s_nothing, Token);
        Assert.False(next.IsCompleted);
        gate.Leave(turn!.Value, null);
        Assert.NotNull(await next);
    }

    [Fact]
    public async Task Who_is_refused_waits_until_something_is_heard_of_the_budget()
    {
        var time = new ManualTime();
        using var gate = new BudgetGate(time);
        gate.Update(Drained.Budget("web", 9, 10, 1, 10));
        gate.Leave((await gate.EnterAsync(s_nothing, Token))!.Value, EvictionResult.Blocked);
        var again = gate.EnterAsync(s_nothing, Token);
        Assert.False(again.IsCompleted);
        gate.Update(Drained.Budget("web", 9, 10, 1, 10));
        Assert.NotNull(await again);
        Assert.False(time.IsWaitedFor(TimeSpan.Zero));
    }

    [Fact]
    public async Task Where_nothing_is_heard_one_asks_every_few_seconds_and_only_one()
    {
        var time = new ManualTime();
        using var gate = new BudgetGate(time);
        gate.Update(Drained.Budget("web", 10, 10, 0, 10));
        var first = gate.EnterAsync(s_nothing, Token);
        var second = gate.EnterAsync(s_nothing, Token);
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(first.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1.2));
        var turn = await first;
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(second.IsCompleted);
        gate.Leave(turn!.Value, EvictionResult.Blocked);
        time.Advance(TimeSpan.FromSeconds(6.1));
        Assert.NotNull(await second);
    }

    [Fact]
    public async Task The_servers_own_Retry_After_is_waited_and_no_longer()
    {
        var time = new ManualTime();
        using var gate = new BudgetGate(time);
        gate.Update(Drained.Budget("web", 10, 10, 0, 10, generation: 2));
        var first = gate.EnterAsync(s_nothing, Token);
        time.Advance(TimeSpan.FromSeconds(6.1));
        gate.Leave((await first)!.Value, EvictionResult.Blocked, TimeSpan.FromSeconds(10));
        var second = gate.EnterAsync(s_nothing, Token);
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1.2));
        Assert.NotNull(await second);
    }

    [Fact]
    public async Task Who_is_woken_or_gives_up_leaves_the_queue()
    {
        using var gate = new BudgetGate(new ManualTime());
        gate.Update(Drained.Budget("web", 10, 10, 0, 10));
        using var giveUp = new CancellationTokenSource();
        var wake = new TaskCompletionSource();
        var woken = gate.EnterAsync(wake.Task, Token);
        var ended = gate.EnterAsync(s_nothing, giveUp.Token);
        var last = gate.EnterAsync(s_nothing, Token);
        wake.SetResult();
        Assert.Null(await woken);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ended);
        gate.Update(Drained.Budget("web", 9, 10, 1, 10));
        Assert.NotNull(await last);
    }

    [Fact]
    public async Task It_knows_when_it_last_let_one_go()
    {
        var time = new ManualTime();
        using var gate = new BudgetGate(time);
        gate.Update(Drained.Budget("web", 8, 10, 2, 10));
        gate.Leave((await gate.EnterAsync(s_nothing, Token))!.Value, EvictionResult.Blocked);
        Assert.Null(gate.SinceLetGo);
        gate.Update(Drained.Budget("web", 8, 10, 2, 10));
        gate.Leave((await gate.EnterAsync(s_nothing, Token))!.Value, EvictionResult.Accepted);
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), gate.SinceLetGo);
    }

    [Fact]
    public async Task A_budget_that_is_gone_holds_nobody()
    {
        using var gate = new BudgetGate(new ManualTime());
        gate.Update(Drained.Budget("web", 10, 10, 0, 10));
        var all = Enumerable.Range(0, 3).Select(_ => gate.EnterAsync(s_nothing, Token)).ToList();
        gate.Update(null);
        Assert.All(await Task.WhenAll(all), turn => Assert.NotNull(turn));
    }
}
