using KonUpgrade.Engine.Foundation.Texts;

namespace KonUpgrade.Engine.Tests.Foundation.Texts;

public sealed class SharedTests
{
    [Fact]
    public void Of_equal_values_the_first_is_given()
    {
        var shared = new Shared<string>();
        var first = new string("shop".AsSpan());

        Assert.Same(first, shared.Of(first));
        Assert.Same(first, shared.Of(new string("shop".AsSpan())));
        Assert.Equal("other", shared.Of("other"));
        Assert.Null(shared.Of(null));
    }
}
