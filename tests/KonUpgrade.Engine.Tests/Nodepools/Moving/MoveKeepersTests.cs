using KonUpgrade.Engine.Nodepools.Moving;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Engine.Tests.Nodepools.Konstellation;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools.Moving;

/// <summary>Of several keepers, the pool's own moves it.</summary>
public sealed class MoveKeepersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pool_is_moved_by_who_keeps_it_and_one_that_is_gone_by_who_keeps_its_successor()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        await kon.MakeAsync("both");
        var tag = new Dictionary<string, string> { [MoveMark.Tag] = "gone/1" };
        await kon.Eks.MakeAsync("alone", 1, new NodepoolShape { Tag = tag });
        using var providers = await NodepoolProviders.OpenAsync(kon.Eks.Connection, new NodepoolSource(), kon.Told, Token);
        async Task<string?> OfAsync(string name) => (await MoveKeepers.OfAsync(providers.Keepers, name, Token))?.Name;
        Assert.Equal("Konstellation", await OfAsync("both"));
        Assert.Equal("EKS", await OfAsync("alone"));
        Assert.Equal("EKS", await OfAsync("gone"));
        Assert.Equal("Konstellation", await OfAsync("nobody"));
        Assert.Equal("EKS", (await MoveKeepers.OfAsync([kon.Eks.Groups], "nobody", Token))!.Name);
        Assert.Null(await MoveKeepers.OfAsync([], "nobody", Token));
        Assert.Equal(["alone", "both"], (await kon.Eks.Groups.ListAsync(Token)).Select(pool => pool.Name));
    }
}
