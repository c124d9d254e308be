using KonUpgrade.Engine.Foundation.Streams;

namespace KonUpgrade.Engine.Tests.Foundation.Streams;

public sealed class YoungMemoryTests
{
    [Fact]
    public void What_is_short_lived_is_collected_before_much_of_it_comes_together()
    {
        var memory = new YoungMemory();
        var collections = GC.CollectionCount(0);
        var last = new WeakReference(null);
        for (var i = 0; i < 16 * 1024; i++)
        {
            last.Target = new byte[1024];
            memory.Tidy();
        }

        Assert.True(GC.CollectionCount(0) > collections);
    }
}
