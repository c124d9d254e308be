using System.Diagnostics;
using System.Text;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Foundation.Yaml;

public sealed class YamlReaderTests
{
    [Theory]
    // What kubectl 1.32 makes of each.
    [InlineData("y", "true")]
    [InlineData("yes", "true")]
    [InlineData("On", "true")]
    [InlineData("Off", "false")]
    [InlineData("n", "false")]
    [InlineData("tRUE", "\"tRUE\"")]
    [InlineData("~", "null")]
    [InlineData("Null", "null")]
    [InlineData("nULL", "\"nULL\"")]
    [InlineData("014", "12")]
    [InlineData("0o14", "12")]
    [InlineData("-014", "-12")]
    [InlineData("-0o14", "-12")]
    [InlineData("0o9", "\"0o9\"")]
    [InlineData("09", "9")]
    [InlineData("00", "0")]
    [InlineData("0x1F", "31")]
    [InlineData("+0x10", "16")]
    [InlineData("-0b11", "-3")]
    [InlineData("0x", "\"0x\"")]
    [InlineData("0b", "\"0b\"")]
    [InlineData("0x1p4", "\"0x1p4\"")]
    [InlineData("1_000", "1000")]
    [InlineData("1_000.5", "1000.5")]
    [InlineData("_1", "\"_1\"")]
    [InlineData("+5", "5")]
    [InlineData(".5", "0.5")]
    [InlineData("-.5e3", "-0.5e3")]
    [InlineData("5.", "5")]
    [InlineData("1e3", "1e3")]
    [InlineData("1e", "\"1e\"")]
    [InlineData("1e400", "\"1e400\"")]
    [InlineData("1:30", "\"1:30\"")]
    [InlineData("1.5.2", "\"1.5.2\"")]
    [InlineData("10.0.0.1", "\"10.0.0.1\"")]
    [InlineData("100m", "\"100m\"")]
    [InlineData("2001-01-01", "\"2001-01-01\"")]
    [InlineData("2001-01-01T00:00:00Z", "\"2001-01-01T00:00:00Z\"")]
    [InlineData("=", "\"=\"")]
    [InlineData("-", "[null]")]
    [InlineData("'yes'", "\"yes\"")]
    [InlineData("\"014\"", "\"014\"")]
    [InlineData("!!str 014", "\"014\"")]
    [InlineData("!!int \"014\"", "12")]
    [InlineData("!!float \"1\"", "1")]
    [InlineData("!!bool yes", "true")]
    [InlineData("!!binary aGk=", "\"hi\"")]
    [InlineData("!foo 5", "\"5\"")]
    [InlineData("! 5", "\"5\"")]
    [InlineData("!foo {a: 1}", "{\"a\":1}")]
    [InlineData("{014: a, 0x10: b, yes: c, 1e3: d}", "{\"12\":\"a\",\"16\":\"b\",\"true\":\"c\",\"1e3\":\"d\"}")]
    [InlineData("{a}", "{\"a\":null}")]
    [InlineData("[&x 1, *x]", "[1,1]")]
    [InlineData("{<<: {a: 1, b: 1}, b: 2}", "{\"b\":2,\"a\":1}")]
    [InlineData("{<<: [{a: 1}, {a: 2}], c: 3}", "{\"c\":3,\"a\":1}")]
    [InlineData("{\"<<\": {a: 1}}", "{\"<<\":{\"a\":1}}")]
    [InlineData("\"q\\u2028\"", "\"q\\u2028\"")]
    public void A_value_is_what_kubectl_takes_it_for(string yaml, string json) =>
        Assert.Equal($"{{\"v\":{json}}}", Json($"v:\n  {yaml}\n"));

    [Theory]
    [InlineData("12345678901234567890123")]
    [InlineData("-9007199254740993")]
    [InlineData("0.10")]
    [InlineData("1.0")]
    public void A_number_keeps_its_digits(string number) => Assert.Equal($"{{\"v\":{number}}}", Json($"v: {number}"));

    [Theory]
    [InlineData("a: 1\nb: [1, 2\nc: 3\n", "YamlSyntax", 2)]
    [InlineData("a: .inf", "YamlSyntax", 1)]
    [InlineData("a: !!int foo", "YamlSyntax", 1)]
    [InlineData("x: 1\na: *b", "YamlSyntax", 2)]
    [InlineData("a: &a [*a]", "YamlSyntax", 1)]
    [InlineData("a: {<<: 5}", "YamlSyntax", 1)]
    [InlineData("? {a: b}\n: c", "YamlSyntax", 1)]
    [InlineData("a: 1\n~: 2", "YamlSyntax", 2)]
    [InlineData("a:\n  b: 1\n  c: 2\n  b: 3\n", "DuplicateKey", 4)]
    [InlineData("a: {1: x, \"1\": y}", "DuplicateKey", 1)]
    [InlineData("{\"a\": 1,\n \"a\": 2}", "DuplicateKey", 2)]
    [InlineData("a: b: c", "YamlSyntax", 1)]
    [InlineData("a: \"b\n", "YamlSyntax", 1)]
    [InlineData("{a: b, c: ]}", "YamlSyntax", 1)]
    [InlineData("a: 1\n\tb: 2", "YamlSyntax", 2)]
    [InlineData("a: 1\nb: \u0007\n", "YamlSyntax", 2)]
    public void What_is_wrong_is_told_with_file_and_line(string yaml, string id, int line)
    {
        var failure = Assert.Throws<UpgradeException>(() => Json(yaml)).Failure;

        Assert.Equal(id, failure.Id);
        Assert.Equal(FailureKind.ParserError, failure.Kind);
        Assert.StartsWith($"file.yaml, line {line}, column ", failure.Message, StringComparison.Ordinal);
        Assert.StartsWith($"file.yaml:{line}:", failure.Target, StringComparison.Ordinal);
    }

    [Fact]
    public void The_column_is_that_of_the_second_key()
    {
        var failure = Assert.Throws<UpgradeException>(() => Json("a:\n  b: 1\n  b: 3\n")).Failure;

        Assert.Equal("file.yaml:3:3", failure.Target);
    }

    [Fact]
    public void Documents_come_one_by_one_with_their_lines_and_empty_ones_are_left_out()
    {
        var documents = YamlReader.Read("# first\na: 1\n---\n---\n# none\n---\nb: 2\n...\n---\nc: 3\n"u8.ToArray(), "file.yaml");

        Assert.Equal([2, 7, 10], documents.Select(d => d.Line));
        Assert.Equal(["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"], documents.Select(d => Encoding.UTF8.GetString(d.Json.Span)));
    }

    [Fact]
    public void Json_is_taken_as_it_is_with_tabs_and_several_documents()
    {
        var documents = YamlReader.Read("{\n\t\"a\": 1.50}\n{\"b\":[\"\\u0041\"]}\n"u8.ToArray(), "file.json");

        Assert.Equal(["{\n\t\"a\": 1.50}", "{\"b\":[\"\\u0041\"]}"], documents.Select(d => Encoding.UTF8.GetString(d.Json.Span)));
        Assert.Equal([1, 3], documents.Select(d => d.Line));
    }

    [Fact]
    public void A_json_file_with_an_error_is_told_as_json()
    {
        var failure = Assert.Throws<UpgradeException>(() => YamlReader.Read("{\n  \"a\": 1,\n  b: 2\n}"u8.ToArray(), "file.json")).Failure;

        Assert.Equal("JsonSyntax", failure.Id);
        Assert.StartsWith("file.json:3:", failure.Target, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flow_mapping_that_is_no_json_is_read_as_yaml() => Assert.Equal("{\"a\":true}", Json("{a: yes}"));

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public void Another_encoding_is_told_by_its_name(string encoding)
    {
        var coder = Encoding.GetEncoding(encoding);

        var withMark = Assert.Throws<UpgradeException>(() => YamlReader.Read((byte[])[.. coder.GetPreamble(), .. coder.GetBytes("a: 1")], "file.yaml"));
        Assert.Equal("WrongEncoding", withMark.Failure.Id);
        if (encoding != "utf-32")
        {
            var bare = Assert.Throws<UpgradeException>(() => YamlReader.Read(coder.GetBytes("a: 1"), "file.yaml"));
            Assert.Equal("WrongEncoding", bare.Failure.Id);
        }
    }

    [Fact]
    public void Latin_1_is_told_with_the_place_of_the_first_wrong_byte()
    {
        var failure = Assert.Throws<UpgradeException>(() => YamlReader.Read((byte[])[.. "a: 1\nb: gr"u8, 0xFC, .. "n\n"u8], "file.yaml")).Failure;

        Assert.Equal("WrongEncoding", failure.Id);
        Assert.Equal("file.yaml:2:6", failure.Target);
    }

    [Fact]
    public void A_byte_order_mark_of_utf_8_does_no_harm() =>
        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(Assert.Single(YamlReader.Read((byte[])[0xEF, 0xBB, 0xBF, .. "a: 1"u8], "f")).Json.Span));

    [Fact]
    public void A_value_that_looks_like_an_alias_is_not_told()
    {
        var failure = Assert.Throws<UpgradeException>(() => Json("stringData:\n  password: *hunter2\n")).Failure;
        Assert.Equal("YamlSyntax", failure.Id);
        Assert.Contains("line 2", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_that_explode_are_refused_at_once()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 10; i++)
            yaml.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");

        var failure = Assert.Throws<UpgradeException>(() => Json(yaml.ToString())).Failure;

        Assert.Equal("YamlAliasesExplode", failure.Id);
    }

    [Fact]
    public void Merge_keys_that_explode_are_refused()
    {
        var yaml = new StringBuilder("base: &base {");
        for (var i = 0; i < 1000; i++)
            yaml.Append(System.Globalization.CultureInfo.InvariantCulture, $"k{i}: 1, ");
        yaml.Append("}\n");
        for (var i = 0; i < 1000; i++)
            yaml.Append(System.Globalization.CultureInfo.InvariantCulture, $"m{i}: {{<<: *base}}\n");

        Assert.Equal("YamlAliasesExplode", Assert.Throws<UpgradeException>(() => Json(yaml.ToString())).Failure.Id);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    [InlineData("[{\"a\":")]
    public void A_json_file_that_nests_too_deep_is_told_so_with_the_depth(string step)
    {
        var failure = Assert.Throws<UpgradeException>(() => YamlReader.Read(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(step, 300))), "file.json")).Failure;

        Assert.Equal("YamlTooDeep", failure.Id);
        Assert.Contains($"deeper than {YamlLimits.Default.MaxDepth} levels", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Take nothing", failure.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_at_the_deepest_level_that_is_allowed_is_no_depth()
    {
        var text = new string('[', YamlLimits.Default.MaxDepth) + "x";

        Assert.Equal("JsonSyntax", Assert.Throws<UpgradeException>(() => YamlReader.Read(Encoding.UTF8.GetBytes(text), "file.json")).Failure.Id);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    [InlineData("- ")]
    [InlineData("{a: ")]
    public void Deep_nesting_is_refused_before_it_costs_anything(string step)
    {
        var yaml = "v:\n " + string.Concat(Enumerable.Repeat(step, 40_000));
        var clock = Stopwatch.StartNew();

        Assert.Equal("YamlTooDeep", Assert.Throws<UpgradeException>(() => Json(yaml)).Failure.Id);
        Assert.Equal("YamlTooDeep", Assert.Throws<UpgradeException>(() => Json(yaml[4..])).Failure.Id);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"It took {clock.Elapsed}.");
    }

    [Fact]
    public void A_text_larger_than_allowed_is_refused()
    {
        var limits = new YamlLimits { MaxBytes = 10 };

        Assert.Equal("YamlTooLarge", Assert.Throws<UpgradeException>(() => YamlReader.Read(new byte[11], "f", limits)).Failure.Id);
    }

    [Fact]
    public void Random_bytes_never_bring_anything_but_our_own_error()
    {
        var random = new Random(7);
        const string Signs = "{}[]:,-?&*!|>'\"%@`#\n \tab1~<=.\\";
        for (var round = 0; round < 3000; round++)
        {
            var text = new string(Enumerable.Range(0, random.Next(1, 40)).Select(_ => Signs[random.Next(Signs.Length)]).ToArray());
            try
            {
                YamlReader.Read(Encoding.UTF8.GetBytes(text), "f");
            }
            catch (UpgradeException exception)
            {
                Assert.Equal(FailureKind.ParserError, exception.Failure.Kind);
            }
        }
    }

    private static string Json(string yaml) =>
        Encoding.UTF8.GetString(Assert.Single(YamlReader.Read(Encoding.UTF8.GetBytes(yaml), "file.yaml")).Json.Span);
}
