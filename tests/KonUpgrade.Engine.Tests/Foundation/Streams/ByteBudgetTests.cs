using KonUpgrade.Engine.Foundation.Streams;

namespace KonUpgrade.Engine.Tests.Foundation.Streams;

public sealed class ByteBudgetTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_fits_goes_at_once_and_what_does_not_waits_for_room()
    {
        var budget = new ByteBudget(100);
        var first = await budget.TakeAsync(60, Token);
        using var second = await budget.TakeAsync(40, Token);
        var third = budget.TakeAsync(50, Token).AsTask();

        Assert.False(third.IsCompleted);
        first.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task What_is_larger_than_everything_goes_alone()
    {
        var budget = new ByteBudget(100);
        var small = await budget.TakeAsync(1, Token);
        var large = budget.TakeAsync(1000, Token).AsTask();
        var after = budget.TakeAsync(1, Token).AsTask();

        Assert.False(large.IsCompleted);
        small.Dispose();
        var share = await large;
        Assert.False(after.IsCompleted, "Nothing goes beside it, and nothing goes before who came first.");
        share.Dispose();
        (await after).Dispose();
    }

    [Fact]
    public async Task Who_gives_up_waiting_keeps_nothing_from_the_others()
    {
        var budget = new ByteBudget(100);
        var first = await budget.TakeAsync(100, Token);
        using var cancel = new CancellationTokenSource();
        var gone = budget.TakeAsync(100, cancel.Token).AsTask();
        var next = budget.TakeAsync(100, Token).AsTask();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        first.Dispose();
        (await next).Dispose();
    }

    [Fact]
    public async Task A_share_is_given_back_once()
    {
        var budget = new ByteBudget(100);
        var share = await budget.TakeAsync(100, Token);
        share.Dispose();
        share.Dispose();
        using var whole = await budget.TakeAsync(100, Token);

        Assert.False(budget.TakeAsync(1, Token).AsTask().IsCompleted);
    }
}
