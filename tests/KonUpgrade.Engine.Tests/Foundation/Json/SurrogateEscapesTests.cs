using System.Text;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Tests.Foundation.Json;

public sealed class SurrogateEscapesTests
{
    [Theory]
    [InlineData("""{"a":"rocket \ud83d\ude80!"}""", """{"a":"rocket 🚀!"}""")]
    [InlineData("""{"a":"\uD83D\uDE80\ud83d\ude80"}""", """{"a":"🚀🚀"}""")]
    [InlineData("""{"a":"\\ud83d\ude80"}""", """{"a":"\\ud83d\ude80"}""")]
    [InlineData("""{"a":"\\\ud83d\ude80"}""", """{"a":"\\🚀"}""")]
    [InlineData("""{"a":"\u00e9\n\""}""", """{"a":"\u00e9\n\""}""")]
    [InlineData("""{"a":"\ud83d"}""", """{"a":"\ud83d"}""")]
    [InlineData("""{"a":"\ud83d\u0041"}""", """{"a":"\ud83d\u0041"}""")]
    [InlineData("\"\\", "\"\\")]
    [InlineData("{}", "{}")]
    public void Pairs_become_the_character_and_nothing_else_changes(string json, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(SurrogateEscapes.Resolve(Encoding.UTF8.GetBytes(json)).Span));
}
