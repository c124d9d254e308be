using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Tests.Manifests;

public sealed class CanonicalManifestsTests
{
    private static readonly string[] s_texts =
    [
        "", " ", "a", "yes", "null", "~", "0x1f", "014", "1e3", "12:30:45", "100m", "-1", "-c", "--flag=x", "- a", "-", "a: b", "a:", ":a", "#a", "a #b", "a#b", "'a'", "\"a\"", "{a}", "[a]",
        "{}", "[]", "|", "|-", ">x", "?", "? a", "%a", "@a", "`a`", "*a", "&a", "!a", "a\nb", "a\nb\n", "a\n\nb\n\n", "\na", "a\n b\n  c", " a\nb", "a\tb", "\ta", "a\n\tb", "a\r\nb", "\0", "\u001b[0m",
        "\u0085", "\u2028", "\ufeff", "é", "日本", "😀", "a\\b", "c:\\dir\\", "a: |\n  x\n", "key: value\nother: 1\n", "{\"json\": [1, 2]}", "---", "...", "=", "<<", "2024-01-01", "1.10", ".5", "./x", "true", "False", "NaN",
        new('x', 2000), "a\n" + new string(' ', 3) + "\nb", "ends with space ", "a\n ",
    ];

    [Fact]
    public void What_the_writer_wrote_is_read_as_a_reader_of_all_yaml_reads_it()
    {
        var random = new Random(4711);
        var manifests = new CanonicalManifests();
        using var writer = new ManifestWriter();
        var fast = 0;
        for (var i = 0; i < 3000; i++)
        {
            var node = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Thing", ["metadata"] = new JsonObject { ["name"] = "x" }, ["spec"] = Value(random, 0) };
            using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes(node.ToJsonString()));
            var yaml = writer.ToYaml(o, []).ToArray();
            using var read = manifests.TryRead(yaml);
            using var slow = KubernetesObject.Parse(Assert.Single(YamlReader.Read(yaml, "x.yaml")).Json);
            if (read is null)
                continue;
            fast++;
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(slow.Json.Span), JsonNode.Parse(read.Json.Span)), Encoding.UTF8.GetString(yaml));
        }
        Assert.True(fast > 2900, $"{fast} of 3000");
    }

    [Fact]
    public void Ordinary_manifests_are_read_the_fast_way()
    {
        const string Yaml =
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              annotations:
                note: |
                  two
                  lines
              name: web
            spec:
              empty: {}
              replicas: 2
              template:
                spec:
                  containers:
                  - args:
                    - --flag
                    - "true"
                    image: web:1
                    matrix:
                    - - 1
                      - 2
                    - []
                  nodes: []

            """;
        using var o = new CanonicalManifests().TryRead(Encoding.UTF8.GetBytes(Yaml));
        Assert.NotNull(o);
        Assert.Equal("true", o.Root.GetProperty("spec").GetProperty("template").GetProperty("spec").GetProperty("containers")[0].GetProperty("args")[1].GetString());
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Thing\nspec: {a: 1}\n")]
    [InlineData("kind: Thing\napiVersion: v1\n")]
    [InlineData("apiVersion: v1\nkind: Thing\nspec: yes\n")]
    [InlineData("apiVersion: v1\nkind: Thing\nspec: &a x\n")]
    [InlineData("apiVersion: v1\nkind: Thing\nspec: 'x'\n")]
    [InlineData("apiVersion: v1\nkind: Thing\nspec: >\n  x\n")]
    [InlineData("apiVersion: v1\nkind: Thing\n# comment\n")]
    [InlineData("apiVersion: v1\nkind: Thing\nspec:\n- a\n  b\n")]
    [InlineData("apiVersion: v1\nkind: Thing\n---\nkind: Other\n")]
    [InlineData("apiVersion: v1\nkind: Thing\nkind: Thing\n")]
    [InlineData("apiVersion: v1\nkind: Thing")]
    [InlineData("apiVersion: v1\nkind: Thing\nspec:\n")]
    [InlineData("apiVersion: v1\nkind: Thing\nspec:\n    deep: 1\n")]
    [InlineData("- a\n")]
    [InlineData("\n")]
    [InlineData("\"\n")]
    [InlineData(":\n")]
    public void What_the_writer_would_not_have_written_is_left_to_a_reader_of_all_yaml(string yaml) =>
        Assert.Null(new CanonicalManifests().TryRead(Encoding.UTF8.GetBytes(yaml)));

    [Fact]
    public void No_damage_to_a_text_makes_it_fall()
    {
        var random = new Random(42);
        var manifests = new CanonicalManifests();
        var good = Encoding.UTF8.GetBytes("apiVersion: v1\nkind: Thing\nmetadata:\n  name: x\nspec:\n  a:\n  - b: \"c\\n\"\n    d: |-\n      e\n      f\n  - - 1\n");
        for (var i = 0; i < 20000; i++)
        {
            var bad = good.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
                bad[random.Next(bad.Length)] = (byte)" \n:-\"|{}[]\\a1?"[random.Next(14)];
            using var o = manifests.TryRead(bad.AsMemory(0, random.Next(1, bad.Length + 1)));
        }
    }

    private static JsonNode? Value(Random random, int depth) => random.Next(depth > 4 ? 4 : 7) switch
    {
        0 => JsonValue.Create(random.Next(-1000, 100000)),
        1 => random.Next(3) switch { 0 => null, 1 => JsonValue.Create(true), _ => JsonValue.Create(1.5e10) },
        2 or 3 => JsonValue.Create(s_texts[random.Next(s_texts.Length)]),
        4 or 5 => Object(random, depth),
        _ => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1))]),
    };

    private static JsonObject Object(Random random, int depth)
    {
        var result = new JsonObject();
        for (var n = random.Next(4); n > 0; n--)
            result[random.Next(3) == 0 ? s_texts[random.Next(s_texts.Length)] : $"key{random.Next(100)}"] = Value(random, depth + 1);
        return result;
    }
}
