using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KonUpgrade.Engine.Tests.Foundation.Yaml;

public sealed class YamlWriterTests
{
    private static readonly JsonSerializerOptions s_relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions s_escaped = new() { Encoder = JavaScriptEncoder.Default };

    private static readonly string[] s_oddStrings =
    [
        "", " ", "a b", " a", "a ", "a  b", "yes", "No", "ON", "off", "y", "N", "true", "False", "null", "Null", "~", "nan", ".inf", "-.inf", ".nan", "inf",
        "0", "014", "0o14", "0x1f", "0b1", "1e3", "1E5", "1_000", "+1", "-1", ".5", "5.", "1:30", "190:20:30.5", "2001-01-01", "2001-01-01T00:00:00Z", "12345678901234567890",
        "100m", "5Gi", "10.0.0.1", "1.2.3-alpha", "v1.33", "0x", "0xGG", "1o2", "e1", "=", "<<", "?", "? a", "-", "- a", "--", "---", "--flag=x", "-c", "...", ":", ": a", "a:", "a: b", "a:b", "a::b",
        "#", "# a", "a #b", "a#b", "&a", "*a", "!a", "!!str a", "|", ">", "'a'", "\"a\"", "%a", "@a", "`a`", "[a]", "{a}", "{{ .Values.x }}", ", a", "a, b", "a]b", "\\", "a\\b", "\t", "a\tb", "\ta",
        "a\nb", "a\nb\n", "a\nb\n\n", "\n", "\n\n", "\na", " a\nb", "a\n b", "a\n\tb", "a\n\nb", "a\n \nb", "a\nb ", "a\nb\n ", "a \nb", "a\r\nb", "a\rb", "key: value\nlist:\n- 1\n# end\n", "---\na: b\n", "a\n---\nb",
        "\0", "\u0001", "\u007f", "\u0080", "\u0085", "a\u0085b", "\u00a0", "\u2028", "a\u2029b", "a\nb\u2028c", "\ufeff", "\ufeffa\nb", "\ufffd", "\ufffe", "\uffff", "ä", "ä\nö", "日本語", "😀", "😀\n😀", "e\u0301",
        "/bin/sh", "$(X)", "(a)", "http://example.com:80/a?b=c&d#e", "a;b", "100%", "a|b", "it's", "say \"x\"", "*.example.com", "system:masters", "arn:aws:iam::123456789012:role/x",
        "\"", "'", "a'", "\b\f", "😀: 1", "null ", "Yes please", "1 2", "12h", "3s", "1.5Gi", "0.0.0.0/0", "fe80::1", "::1", "12:ab", "aa:bb:cc", "0e0g",
    ];

    [Fact]
    public void Every_odd_string_comes_back_as_itself_as_value_key_and_element()
    {
        var tree = new JsonObject();
        foreach (var (text, i) in s_oddStrings.Select((text, i) => (text, i)))
        {
            tree[$"v{i}"] = text;
            tree[$"m{i}"] = new JsonObject { [text] = text, ["z"] = new JsonObject { [text] = new JsonArray(text) } };
            tree[$"l{i}"] = new JsonArray(text, new JsonArray(text), new JsonObject { [text] = text });
        }

        AssertRoundTrip(tree);
    }

    [Fact]
    public void Random_trees_come_back_as_themselves()
    {
        for (var seed = 0; seed < 400; seed++)
            AssertRoundTrip(RandomTree(new Random(seed)), $"seed {seed}");
    }

    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("hello world", "hello world")]
    [InlineData("100m", "100m")]
    [InlineData("25%", "25%")]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("10.0.0.1", "\"10.0.0.1\"")]
    [InlineData("--flag=x", "--flag=x")]
    [InlineData("registry.example.com/shop/web:1.2", "registry.example.com/shop/web:1.2")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("014", "\"014\"")]
    [InlineData("~", "\"~\"")]
    [InlineData("1e3", "\"1e3\"")]
    [InlineData("2001-01-01", "\"2001-01-01\"")]
    [InlineData("=", "\"=\"")]
    [InlineData("a: b", "\"a: b\"")]
    [InlineData("a #b", "\"a #b\"")]
    [InlineData("tab\there", "\"tab\\there\"")]
    [InlineData("\u2028", "\"\\u2028\"")]
    [InlineData("grün 😀", "\"grün 😀\"")]
    [InlineData("a\nb", "|-\n  a\n  b")]
    [InlineData("a\nb\n", "|\n  a\n  b")]
    [InlineData("a\n\n  b\n\n", "|+\n  a\n\n    b\n")]
    [InlineData("a\r\nb", "\"a\\r\\nb\"")]
    [InlineData(" a\nb", "\" a\\nb\"")]
    public void What_could_be_mistaken_is_quoted_and_lines_stay_readable(string text, string yaml) =>
        Assert.Equal($"v: {yaml}\n", Encoding.UTF8.GetString(Write(new JsonObject { ["v"] = text })));

    [Theory]
    [InlineData("12345678901234567890123")]
    [InlineData("1.0")]
    [InlineData("-0.5e-7")]
    [InlineData("true")]
    [InlineData("null")]
    public void Numbers_and_words_of_json_stand_as_they_are(string json)
    {
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes($"{{\"apiVersion\":\"v1\",\"kind\":\"X\",\"v\":{json}}}"));
        using var writer = new ManifestWriter();

        Assert.EndsWith($"\nv: {json}\n", Encoding.UTF8.GetString(writer.ToYaml(o, []).Span), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_too_long_for_a_line_comes_back_as_itself()
    {
        AssertRoundTrip(new JsonObject
        {
            [new string('k', 3000)] = new JsonObject { ["a"] = 1, [new string('é', 900)] = new JsonArray("x", new JsonObject { [new string('q', 1500)] = "y" }) },
        });
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        using var o = KubernetesObject.Parse("""{"apiVersion":"v1","kind":"X","v":"\ud800"}"""u8.ToArray());
        using var writer = new ManifestWriter();

        Assert.Equal("InvalidUnicode", Assert.Throws<KonUpgrade.Model.UpgradeException>(() => writer.ToYaml(o, [])).Failure.Id);
    }

    [Fact]
    public void Kubectl_reads_what_we_wrote()
    {
        var tree = RandomTree(new Random(4711));
        for (var i = 0; i < s_oddStrings.Length; i++)
        {
            // Go's reader takes these escapes of noncharacters for errors of its own.
            if (s_oddStrings[i] is "\ufffe" or "\uffff")
                continue;
            tree[$"v{i}"] = s_oddStrings[i];
            tree[$"l{i}"] = new JsonArray(s_oddStrings[i], new JsonObject { [s_oddStrings[i]] = s_oddStrings[i] });
        }

        tree["apiVersion"] = "example.com/v1";
        tree["kind"] = "Example";
        tree["metadata"] = new JsonObject { ["name"] = "a" };
        var folder = Directory.CreateTempSubdirectory("konupgrade-yaml-");
        try
        {
            var file = Path.Combine(folder.FullName, "a.yaml");
            File.WriteAllBytes(file, Write(tree));
            using var read = JsonDocument.Parse(Kubectl("patch", "--local", "-f", file, "-p", "{}", "--type=merge", "-o", "json"));
            using var expected = JsonDocument.Parse(tree.ToJsonString());
            foreach (var member in expected.RootElement.EnumerateObject())
            {
                Assert.True(
                    JsonElement.DeepEquals(member.Value, read.RootElement.GetProperty(member.Name)),
                    $"{member.Name}: {member.Value.GetRawText()} came back as {read.RootElement.GetProperty(member.Name).GetRawText()}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Kubectl(params string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["KUBECONFIG"] = "/dev/null";
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("kubectl is not installed.");
        }

        using (process)
        {
            var errors = process!.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"kubectl says: {errors.GetAwaiter().GetResult()}");
            return output;
        }
    }

    private static void AssertRoundTrip(JsonObject tree, string hint = "")
    {
        var yaml = Write(tree);
        var text = Encoding.UTF8.GetString(yaml);
        using var expected = JsonDocument.Parse(tree.ToJsonString());

        var ours = Assert.Single(YamlReader.Read(yaml, "f"));
        using var read = JsonDocument.Parse(ours.Json, new JsonDocumentOptions { MaxDepth = 256 });
        Assert.True(JsonElement.DeepEquals(expected.RootElement, read.RootElement), $"{hint}\n{text}\n{read.RootElement.GetRawText()}");

        // The other way is YamlDotNet's events alone: what is a string in JSON is plain only where no schema resolves it.
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        parser.Consume<DocumentStart>();
        AssertSame(expected.RootElement, parser, hint);
        parser.Consume<DocumentEnd>();
    }

    private static void AssertSame(JsonElement expected, Parser parser, string hint)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                parser.Consume<MappingStart>();
                foreach (var member in expected.EnumerateObject().OrderBy(m => Encoding.UTF8.GetBytes(m.Name), Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))))
                {
                    Assert.Equal(member.Name, parser.Consume<Scalar>().Value);
                    AssertSame(member.Value, parser, hint);
                }

                parser.Consume<MappingEnd>();
                break;
            case JsonValueKind.Array:
                parser.Consume<SequenceStart>();
                foreach (var item in expected.EnumerateArray())
                    AssertSame(item, parser, hint);
                parser.Consume<SequenceEnd>();
                break;
            case JsonValueKind.String:
                Assert.Equal(expected.GetString(), parser.Consume<Scalar>().Value);
                break;
            default:
                var scalar = parser.Consume<Scalar>();
                Assert.Equal(ScalarStyle.Plain, scalar.Style);
                Assert.Equal(expected.GetRawText(), scalar.Value);
                break;
        }
    }

    private static byte[] Write(JsonObject tree)
    {
        // The writer puts apiVersion and kind in where they are missing; these trees have none, so they are cut out again.
        var typed = (JsonObject)tree.DeepClone();
        var added = !typed.ContainsKey("apiVersion");
        var json = JsonSerializer.SerializeToUtf8Bytes(typed, tree.Count % 2 == 0 ? s_relaxed : s_escaped);
        using var o = KubernetesObject.Parse(json, "cut/v1", "Cut");
        using var writer = new ManifestWriter();
        var yaml = Encoding.UTF8.GetString(writer.ToYaml(o, []).Span);
        if (added)
            yaml = yaml.Replace("apiVersion: cut/v1\n", "", StringComparison.Ordinal).Replace("kind: Cut\n", "", StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(yaml);
    }

    private static JsonObject RandomTree(Random random)
    {
        var tree = new JsonObject();
        for (var i = random.Next(1, 12); i > 0; i--)
            tree[RandomString(random)] = RandomNode(random, 0);
        return tree;
    }

    private static JsonNode? RandomNode(Random random, int depth)
    {
        switch (random.Next(depth > 5 ? 4 : 7))
        {
            case 0:
                return JsonValue.Create(random.Next(-1000, 1000));
            case 1:
                return random.Next(3) switch { 0 => JsonValue.Create(true), 1 => null, _ => JsonValue.Create(random.NextDouble()) };
            case 2 or 3:
                return JsonValue.Create(RandomString(random));
            case 4:
                var array = new JsonArray();
                for (var i = random.Next(5); i > 0; i--)
                    array.Add(RandomNode(random, depth + 1));
                return array;
            default:
                var tree = new JsonObject();
                for (var i = random.Next(6); i > 0; i--)
                    tree[RandomString(random)] = RandomNode(random, depth + 1);
                return tree;
        }
    }

    private static string RandomString(Random random)
    {
        if (random.Next(3) == 0)
            return s_oddStrings[random.Next(s_oddStrings.Length)];
        const string Signs = "abcABC019 .:-#,[]{}&*!|>'\"%@`\\?=<~_/$()\n\n\t\r\0\u0085\u2028\ufeffäß日";
        var text = new StringBuilder();
        for (var i = random.Next(1, 24); i > 0; i--)
            text.Append(random.Next(40) == 0 ? "😀" : Signs[random.Next(Signs.Length)].ToString());
        return text.ToString();
    }
}
