using KonUpgrade.Engine.Foundation.Streams;

namespace KonUpgrade.Engine.Tests.Foundation.Streams;

public sealed class YoungMemoryTests
{
    private const long Mebi = 1024 * 1024;

    [Fact]
    public void What_is_short_lived_is_collected_whenever_twelve_mebibytes_have_come_together()
    {
        var use = new Use();
        var memory = new YoungMemory(use);
        for (var i = 0; i < 36; i++)
        {
            use.Allocated += Mebi;
            memory.Tidy();
        }

        // The look after a collection begins to count anew.
        Assert.Equal([12, 25], use.At);
    }

    [Fact]
    public void A_collection_that_another_one_began_counts()
    {
        var use = new Use { Allocated = 100 * Mebi };
        var memory = new YoungMemory(use);
        use.Allocated += 11 * Mebi;
        use.Collections++;
        memory.Tidy();
        use.Allocated += 11 * Mebi;
        memory.Tidy();
        Assert.Empty(use.At);
        use.Allocated += Mebi;
        memory.Tidy();
        Assert.Equal([123], use.At);
    }

    private sealed class Use : YoungMemory.IMemoryUse
    {
        public long Allocated { get; set; }

        public int Collections { get; set; }

        public List<long> At { get; } = [];

        public void Collect()
        {
            Collections++;
            At.Add(Allocated / Mebi);
        }
    }
}
