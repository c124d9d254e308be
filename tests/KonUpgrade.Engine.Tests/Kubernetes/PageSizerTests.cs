using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Tests.Kubernetes;

/// <summary>Pages grow where a server is well and objects are small, and shrink where not.</summary>
public sealed class PageSizerTests
{
    private static readonly ServerVersion s_streams = new(1, 33, "v1.33.0");
    private static readonly ServerVersion s_cached = new(1, 31, "v1.31.0");
    private static readonly ServerVersion s_old = new(1, 30, "v1.30.0");

    [Fact]
    public void Pages_grow_fourfold_at_most_until_they_hold_what_is_aimed_at()
    {
        var pages = new PageSizer(null);
        Assert.Equal(500, pages.Next);
        // 2 KiB an object: 4,096 of them are 8 MiB.
        pages.Took(500, 500 * 2048, TimeSpan.FromSeconds(1));
        Assert.Equal(2000, pages.Next);
        pages.Took(2000, 2000 * 2048, TimeSpan.FromSeconds(1));
        Assert.Equal(4096, pages.Next);
        // Larger ones later on: fewer at once.
        pages.Took(4096, 4096L * 8192, TimeSpan.FromSeconds(1));
        Assert.Equal(1024, pages.Next);
    }

    [Fact]
    public void Pages_have_bounds_whatever_the_size_of_objects()
    {
        var small = new PageSizer(null);
        for (var i = 0; i < 5; i++)
            small.Took(small.Next, small.Next, TimeSpan.Zero);
        Assert.Equal(10_000, small.Next);
        var large = new PageSizer(null);
        large.Took(500, 500L * 1024 * 1024, TimeSpan.Zero);
        Assert.Equal(50, large.Next);
    }

    [Fact]
    public void A_slow_page_or_a_failed_one_halves_the_next_down_to_a_bound()
    {
        var pages = new PageSizer(null);
        pages.Took(500, 500 * 100, TimeSpan.FromSeconds(6));
        Assert.Equal(250, pages.Next);
        pages.Failed();
        Assert.Equal(125, pages.Next);
        for (var i = 0; i < 5; i++)
            pages.Failed();
        Assert.Equal(50, pages.Next);
        // It grows again when the server is well.
        pages.Took(50, 50 * 100, TimeSpan.FromSeconds(1));
        Assert.Equal(200, pages.Next);
    }

    [Fact]
    public void A_size_that_was_asked_for_stays()
    {
        var pages = new PageSizer(70);
        pages.Took(70, 70, TimeSpan.Zero);
        pages.Failed();
        Assert.Equal(70, pages.Next);
        Assert.False(pages.WantsWhole(70, 70, 100_000, s_streams));
    }

    [Fact]
    public void The_rest_comes_whole_where_a_server_answers_that_from_its_cache_and_it_is_not_too_much()
    {
        const int Items = 500;
        const long Bytes = Items * 1024;
        var pages = new PageSizer(null);
        Assert.True(pages.WantsWhole(Items, Bytes, 20_000, s_streams));
        Assert.True(pages.WantsWhole(Items, Bytes, 20_000, s_cached));
        Assert.False(pages.WantsWhole(Items, Bytes, 20_000, s_old));
        Assert.False(pages.WantsWhole(Items, Bytes, 20_000, null));
        // What fits the next page needs no other way.
        Assert.False(pages.WantsWhole(Items, Bytes, 500, s_streams));
        Assert.True(pages.WantsWhole(Items, Bytes, 501, s_streams));
        // A server that holds all of it in memory is asked for 64 MiB at most, one that streams for 512 MiB.
        Assert.True(pages.WantsWhole(Items, Bytes, 64 * 1024, s_cached));
        Assert.False(pages.WantsWhole(Items, Bytes, 64 * 1024 + 1, s_cached));
        Assert.True(pages.WantsWhole(Items, Bytes, 512 * 1024, s_streams));
        Assert.False(pages.WantsWhole(Items, Bytes, 512 * 1024 + 1, s_streams));
        // With a selector nobody tells how many follow.
        Assert.True(pages.WantsWhole(Items, Bytes, null, s_streams));
        Assert.False(pages.WantsWhole(Items, Bytes, null, s_cached));
        Assert.False(pages.WantsWhole(0, 0, 20_000, s_streams));
    }
}
