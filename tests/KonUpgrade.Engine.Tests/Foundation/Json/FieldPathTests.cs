using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Tests.Foundation.Json;

public sealed class FieldPathTests
{
    [Theory]
    [InlineData("spec")]
    [InlineData("spec.ports[0].nodePort")]
    [InlineData("spec.ports[*].nodePort")]
    [InlineData("metadata.annotations['a.b/c'].x")]
    [InlineData("['it\\'s']")]
    [InlineData("matrix[1][2]")]
    public void A_path_reads_as_it_is_written(string text)
    {
        Assert.True(FieldPath.TryParse(text, out var path));
        Assert.Equal(text, path.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".spec")]
    [InlineData("spec.")]
    [InlineData("spec..x")]
    [InlineData("spec[")]
    [InlineData("spec[x]")]
    [InlineData("spec[-1]")]
    [InlineData("spec['x]")]
    [InlineData("spec['']")]
    [InlineData("spec[0]x")]
    public void What_is_no_path_is_not_taken_for_one(string text) => Assert.False(FieldPath.TryParse(text, out _));

    [Fact]
    public void Paths_are_the_same_when_their_steps_are()
    {
        Assert.True(FieldPath.TryParse("spec.ports[*].nodePort", out var parsed));
        var built = FieldPath.Of("spec", "ports").EveryElement().Member("nodePort");

        Assert.Equal(built, parsed);
        Assert.Equal(built.GetHashCode(), parsed.GetHashCode());
        Assert.NotEqual(FieldPath.Of("spec", "ports").Element(0).Member("nodePort"), parsed);
    }
}
