using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Tests.Foundation.Json;

/// <summary>Our index takes what the runtime's own reader takes, refuses what that refuses, and reads the same out of it.</summary>
public sealed class JsonIndexTests
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 512 };

    [Theory]
    [InlineData("""{"a":1,"b":[true,false,null,"x",-0.5e+10,{}],"c":{"d":[]}}""")]
    [InlineData(" [ 1 , 2 ] \r\n\t")]
    [InlineData("\"alone\"")]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("1e5")]
    [InlineData("null")]
    [InlineData("""{"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00":"\u0000"}""")]
    [InlineData("""{"twice":1,"twice":2}""")]
    [InlineData("""{"":""}""")]
    [InlineData("[\"é😀\"]")]
    public void What_is_JSON_is_read(string json) => AssertSame(json);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a" 1}""")]
    [InlineData("""{"a":}""")]
    [InlineData("""{a:1}""")]
    [InlineData("""{"a":1}x""")]
    [InlineData("[1}")]
    [InlineData("""{"a":1]""")]
    [InlineData("01")]
    [InlineData("-")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("+1")]
    [InlineData("tru")]
    [InlineData("truex")]
    [InlineData("nul")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"a")]
    [InlineData("\"a\\")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("[1 2]")]
    [InlineData("// no\n1")]
    [InlineData(",")]
    [InlineData("]")]
    public void What_is_no_JSON_is_refused(string json)
    {
        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(json, s_options).Dispose());
        Assert.Throws<JsonException>(() => JsonIndex.Parse(json).Dispose());
    }

    [Fact]
    public void Where_it_goes_wrong_is_told()
    {
        var exception = Assert.Throws<JsonException>(() => JsonIndex.Parse("{\n  \"a\": 1\n  \"b\": 2\n}"));
        Assert.Equal((2, 2), (exception.LineNumber, exception.BytePositionInLine));
        Assert.Contains("Line 3, column 3", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused() =>
        Assert.Throws<JsonException>(() => JsonIndex.Parse(new byte[] { (byte)'"', 0xC3, (byte)'"' }));

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void Nesting_has_an_end(int levels, bool fits)
    {
        var json = string.Concat(Enumerable.Repeat("[", levels)) + string.Concat(Enumerable.Repeat("]", levels));
        if (fits)
            AssertSame(json);
        else
            Assert.Throws<JsonException>(() => JsonIndex.Parse(json));
    }

    [Fact]
    public void Whatever_is_made_of_a_text_both_readers_judge_it_alike()
    {
        var random = new Random(20260711);
        const string Alphabet = "{}[]\",:\\ 0123456789.-+eEtrufalsn/bx\n\té";
        var taken = 0;
        for (var round = 0; round < 20000; round++)
        {
            var json = new StringBuilder();
            Make(random, json, 0);
            for (var changes = random.Next(3); changes > 0; changes--)
            {
                var at = random.Next(json.Length);
                switch (random.Next(3))
                {
                    case 0:
                        json.Remove(at, 1);
                        break;
                    case 1:
                        json.Insert(at, Alphabet[random.Next(Alphabet.Length)]);
                        break;
                    default:
                        json[at] = Alphabet[random.Next(Alphabet.Length)];
                        break;
                }

                if (json.Length == 0)
                    break;
            }

            if (AssertSame(json.ToString()))
                taken++;
        }

        Assert.InRange(taken, 5000, 19000);
    }

    [Fact]
    public void Of_several_members_of_one_name_the_last_counts()
    {
        using var index = JsonIndex.Parse("""{"a":1,"b":2,"\u0061":3}""");
        Assert.Equal(3, index.Root.GetProperty("a").GetInt32());
    }

    [Fact]
    public void What_is_not_there_is_nothing()
    {
        using var index = JsonIndex.Parse("""{"s":"x","n":1,"l":["a",1,{"k":"v"}]}""");
        var root = index.Root;
        Assert.Equal(JsonValueKind.Undefined, root.Member("s"u8).Member("deeper"u8).Member("still"u8).ValueKind);
        Assert.Null(root.Text("n"));
        Assert.Empty(root.Elements("s"));
        Assert.Equal(["a"], root.Texts("l"));
        Assert.Equal("v", Assert.Single(root.Objects("l")).Text("k"));
        Assert.Throws<KeyNotFoundException>(() => root.GetProperty("gone"));
        Assert.Throws<InvalidOperationException>(() => root.GetString());
        Assert.Throws<InvalidOperationException>(() => default(JsonPart).GetString());
    }

    [Fact]
    public void What_was_disposed_of_is_not_read_by_mistake()
    {
        var index = JsonIndex.Parse("""{"a":"b"}""");
        var kept = index.Root.Clone();
        var part = index.Root.GetProperty("a");
        index.Dispose();
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => part.GetString());
        Assert.Equal("b", kept.Text("a"));
    }

    [Fact]
    public void An_index_is_used_again_for_the_next_text()
    {
        using var index = new JsonIndex();
        index.Read(Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(0, 5000)) + "]"));
        Assert.Equal(5000, index.Root.GetArrayLength());
        index.Read("""{"a":[1]}"""u8.ToArray());
        Assert.Equal("[1]", index.Root.GetProperty("a").GetRawText());
        Assert.Throws<JsonException>(() => index.Read("{"u8.ToArray()));
        Assert.Throws<ObjectDisposedException>(() => index.Root.ValueKind);
    }

    private static bool AssertSame(string json)
    {
        JsonDocument? expected = null;
        try
        {
            expected = JsonDocument.Parse(json, s_options);
        }
        catch (JsonException)
        {
            // Then ours refuses it too.
        }

        using (expected)
        {
            if (expected is null)
            {
                Assert.True(Refuses(json), json);
                return false;
            }

            using var index = JsonIndex.Parse(json);
            AssertSame(expected.RootElement, index.Root, json);
            return true;
        }
    }

    private static bool Refuses(string json)
    {
        try
        {
            JsonIndex.Parse(json).Dispose();
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private static void AssertSame(JsonElement expected, JsonPart part, string json)
    {
        Assert.Equal(expected.ValueKind, part.ValueKind);
        Assert.Equal(expected.GetRawText(), part.GetRawText());
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.Equal(expected.EnumerateObject().Select(m => m.Name), part.EnumerateObject().Select(m => m.Name));
                foreach (var (left, right) in expected.EnumerateObject().Zip(part.EnumerateObject()))
                {
                    AssertSame(left.Value, right.Value, json);
                    Assert.Equal(expected.GetProperty(left.Name).GetRawText(), part.GetProperty(left.Name).GetRawText());
                    Assert.True(right.NameEquals(Encoding.UTF8.GetBytes(left.Name)), json);
                }

                Assert.Equal(expected.EnumerateObject().Any(), part.HasContent);
                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), part.GetArrayLength());
                for (var i = 0; i < expected.GetArrayLength(); i++)
                    AssertSame(expected[i], part[i], json);
                break;
            case JsonValueKind.String:
                Assert.Equal(expected.GetString(), part.GetString());
                Assert.True(part.ValueEquals(expected.GetString()), json);
                Assert.False(part.ValueEquals(expected.GetString() + "x"), json);
                break;
            case JsonValueKind.Number:
                Assert.Equal(expected.TryGetInt64(out var number), part.TryGetInt64(out var own));
                Assert.Equal(number, own);
                break;
        }
    }

    private static void Make(Random random, StringBuilder json, int depth)
    {
        switch (random.Next(depth > 3 ? 4 : 6))
        {
            case 0:
                json.Append(random.Next(2) == 0 ? "true" : "null");
                break;
            case 1:
                json.Append(random.Next(-1000, 1000)).Append(random.Next(3) == 0 ? ".5e-3" : "");
                break;
            case 2:
                json.Append("\"\"");
                break;
            case 3:
                json.Append('"').Append(random.Next(3) switch { 0 => "a\\nb", 1 => "\\u00e9", _ => "text é" }).Append('"');
                break;
            case 4:
                json.Append('[');
                for (var i = random.Next(4); i > 0; i--)
                {
                    Make(random, json, depth + 1);
                    json.Append(i > 1 ? " , " : "");
                }

                json.Append(']');
                break;
            default:
                json.Append('{');
                for (var i = random.Next(4); i > 0; i--)
                {
                    json.Append('"').Append(random.Next(3) == 0 ? "\\u0062" : "k" + random.Next(3)).Append("\":");
                    Make(random, json, depth + 1);
                    json.Append(i > 1 ? "," : "");
                }

                json.Append('}');
                break;
        }
    }
}
