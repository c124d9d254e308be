using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Tests.Kubernetes;

/// <summary>Items come out of a list's body wherever they stand in it and however the network cuts it.</summary>
public sealed class ListBodyTests
{
    private const string Tricky = """{"metadata":{"name":"a"},"text":"]}\\\" , [{ \u007d é 漢 \\","deep":[[{"x":[]}],{}],"n":-1.5e3}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string[], string> Bodies() => new()
    {
        { """{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"abc","remainingItemCount":3},"items":[{"a":1},{"b":2}]}""", ["""{"a":1}""", """{"b":2}"""], "abc" },
        { """{"apiVersion":"x/v1","items":[{"a":1}],"kind":"AppList","metadata":{"continue":"","resourceVersion":"7"}}""" + "\n", ["""{"a":1}"""], "" },
        { """ { "items" : null , "metadata" : { "continue":"t" } } """, [], "t" },
        { """{"items":[],"metadata":{}}""", [], "" },
        { """{"metadata":null,"extra":[{"items":[1]}],"more":"items","n":12,"items":[  ]}""", [], "" },
        { "{\"items\":[" + Tricky + " ,\n   " + Tricky + "],\"metadata\":{\"continue\":\"c\"}}", [Tricky, Tricky], "c" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Items_are_carved_out_whole(string body, string[] items, string token)
    {
        // In one piece, byte by byte, and in every odd size between.
        foreach (var piece in new[] { int.MaxValue, 1, 2, 3, 7, 16 })
        {
            await using var list = Read(body, piece);
            var found = new List<string>();
            while (await list.ReadItemAsync(Token) is { IsEmpty: false } item)
                found.Add(Encoding.UTF8.GetString(item.Span));
            Assert.Equal(items, found);
            Assert.Equal(token, list.Continue);
        }
    }

    [Fact]
    public async Task Items_larger_than_the_buffer_come_whole()
    {
        var large = $$"""{"data":"{{new string('x', 300_000)}}"}""";
        await using var list = Read($$"""{"items":[{{large}},{"a":1},{{large}}]}""", 50_000);
        Assert.Equal(large, Encoding.UTF8.GetString((await list.ReadItemAsync(Token)).Span));
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString((await list.ReadItemAsync(Token)).Span));
        Assert.Equal(large, Encoding.UTF8.GetString((await list.ReadItemAsync(Token)).Span));
        Assert.True((await list.ReadItemAsync(Token)).IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"items":[{"a":1""")]
    [InlineData("""{"items":[{"a":1}""")]
    [InlineData("""{"items":[{"a":1}],"metadata":{"continue":"x"}""")]
    [InlineData("""{"items":[{"a":"}""")]
    public async Task A_body_that_breaks_off_is_no_end_of_the_list(string body)
    {
        await using var list = Read(body, 4);
        await Assert.ThrowsAsync<EndOfStreamException>(async () =>
        {
            while (!(await list.ReadItemAsync(Token)).IsEmpty)
            {
            }
        });
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("""{"items":[1]}""")]
    [InlineData("""{"items":[]}{}""")]
    [InlineData("""{"items"=[]}""")]
    public async Task What_is_no_list_is_an_error(string body)
    {
        await using var list = Read(body, int.MaxValue);
        await Assert.ThrowsAsync<JsonException>(async () =>
        {
            while (!(await list.ReadItemAsync(Token)).IsEmpty)
            {
            }
        });
    }

    private static ListBody Read(string body, int piece) =>
        new(new BodyReader(new HttpResponseMessage(), new Pieces(Encoding.UTF8.GetBytes(body), piece), TimeSpan.FromSeconds(30), TimeProvider.System));

    /// <summary>A stream that gives a few bytes at a time.</summary>
    private sealed class Pieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
