using System.Text;
using KonUpgrade.Engine.Readiness.Deprecations.Files;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Readiness.Deprecations;

/// <summary>The fast readers of heads, held against the full one.</summary>
public sealed class ManifestHeadsTests
{
    private const string Web = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: shop\n";

    /// <summary>Texts as manifests are written; those that are marked must be read fast.</summary>
    public static TheoryData<string, bool> Texts => new()
    {
        { Web, true },
        { "", true },
        { "# nothing\n", true },
        { "---\n---\n# nothing\n---\n", true },
        { Web + "---\n" + Web, true },
        { Web.Replace("\n", "\r\n", StringComparison.Ordinal), true },
        { Web.TrimEnd(), true },
        { "---\n# Source: shop/templates/web.yaml\n" + Web, true },
        { "kind: ConfigMap\nmetadata:\n    namespace: shop\n    labels:\n        name: other\n        kind: Fake\n    name: web\napiVersion: v1\n", true },
        { "kind: ConfigMap # the kind\nmetadata: # of it\n\n  # its name\n  name: web # web\n\napiVersion: v1\n", true },
        { "apiVersion: 'v1'\nkind: \"ConfigMap\"\nmetadata:\n  name: \"007\"\n  namespace: 'shop'\n", true },
        { Web + "data:\n  script: |\n    kind: Fake\n\n    \"unclosed\n     metadata:\n  more: >-\n    [ {\n", true },
        { Web + "data:\n  script: |2-\n      kind: Fake\n    'unclosed\n  more: |+ # kept\n    text\n\n", true },
        { Web + "data: |\n kind: Fake\n \"\n", true },
        { Web + "spec:\n- |\n  kind: Fake\n  [\n- >\n  x\n- name: |\n    {\n  kind: Fake\n", true },
        { Web + "spec:\n  args: [\"a\", 'it''s', \"]\", {b: c}]\n  empty: {}\n  none: []\n  image: \"web@sha256:1\" # [\n  'quoted key': x\n  \"another\": |\n    {\n", true },
        { Web + "spec:\n  text: a plain text\n    that goes \"on\n    and\" on [\n  note: it's here\n  url: http://x/y?a=b&c=d#e\n  time: 12:30\n", true },
        { "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: system:node\nrules:\n- apiGroups: [\"\"]\n  resources: ['*']\n", true },
        { "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  annotations:\n    a: |\n      name: Fake\n    b: \"name: Fake\"\n  finalizers:\n  - x\n  - \"y\"\n  name: web\n", true },
        { "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  generateName: web-\n", true },
        { "apiVersion: v1\nkind: ConfigMap\nmetadata:\nspec:\n  name: Fake\n", true },
        { "apiVersion: v2\nname: shop\nversion: 1.0.0\n", true },
        { "replicas: 3\nimage:\n  tag: \"1\"\n", true },
        { "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: naïve-ñandú # ü\n", false },
        { "# ü\n" + Web, true },
        { "\uFEFF" + Web, false },
        { "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: shop}\n", false },
        { "{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}\n", false },
        { "apiVersion: &v v1\nkind: ConfigMap\nmetadata:\n  name: *v\n", false },
        { "a: &m\n  name: web\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  <<: *m\n  namespace: shop\n", false },
        { "\"apiVersion\": v1\n'kind': ConfigMap\nmetadata:\n  \"name\": web\n", false },
        { "apiVersion: v1\nkind: !!str ConfigMap\nmetadata:\n  name: web\n", false },
        { "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: 7\n", false },
        { "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yes\n  namespace: ~\n", false },
        { "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: null\n  namespace: \"\"\n", false },
        { "apiVersion: v1\nkind:\n  ConfigMap\nmetadata:\n  name: >-\n    web\n", false },
        { "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n    site\n", false },
        { "apiVersion: v1\nkind: \"Config\\\n  Map\"\nmetadata:\n  name: web\n", false },
        { "apiVersion: v1\nkind: \"Config\\x4dap\"\nmetadata:\n  name: web\n", false },
        { Web + "data:\n  text: \"it goes on\n   kind: Fake\"\n", false },
        { Web + "data:\n  text: 'it goes on\n\n   kind: Fake'\n", false },
        { Web + "data:\n  text: 'it goes on\n\nkind: Fake'\n", false },
        { Web + "data:\n  list: [\n   kind: x,\n   b ]\n", false },
        { Web + "data:\n  map: {a: b,\n   metadata: x}\n", false },
        { Web + "data:\n  key:\tvalue\n", false },
        { Web + "data:\n  ? complex\n  : value\n", false },
        { Web + "data:\n  tagged: !!binary aGk=\n", false },
        { "%YAML 1.1\n---\n" + Web, false },
        { "--- # the first\n" + Web + "...\n---\n" + Web, false },
        { "--- {apiVersion: v1, kind: ConfigMap, metadata: {name: web}}\n", false },
        { "--- |\n  kind: ConfigMap\n", false },
        { "just a text\n", false },
        { "- apiVersion: v1\n  kind: ConfigMap\n", false },
        { " apiVersion: v1\n kind: ConfigMap\n metadata:\n  name: web\n", false },
        { "apiVersion: v1\nkind: ConfigMap\nmetadata:\n- name: web\n", false },
        { "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: web\n-   apiVersion: batch/v1beta1\n    kind: CronJob\n    metadata: {name: job, namespace: shop}\n", false },
        { "apiVersion: apps/v1\nitems:\n  - metadata:\n      name: web\n  - metadata:\n      name: shop\n    kind: Other\nkind: DeploymentList\n", false },
        { "apiVersion: v1\nkind: Box\nitems:\n- kind: Fake\nmetadata:\n  name: web\n", false },
        { Web + "data:\n  text: one\u0085  more: x\n", false },
        { Web + "data:\n  smile: \"\u263a\"\n", true },
        { "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"labels\":{\"name\":\"x\"},\"name\":\"web\",\"namespace\":\"\"},\"data\":{\"kind\":\"Fake\"}}", true },
        { "\n {\n \"kind\": \"ConfigMap\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"w\\u0065b\"}}\n{\"kind\":\"Secret\",\"apiVersion\":\"v1\"}\n", true },
        { "{\"apiVersion\":\"v1\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}},\n{\"kind\":\"B\",\"apiVersion\":\"x/v1\"}],\"kind\":\"List\"}", true },
        { "{\"apiVersion\":\"apps/v1\",\"kind\":\"DeploymentList\",\"metadata\":{},\"items\":[\n{\"metadata\":{\"name\":\"a\"}},\n\n{\"metadata\":{\"name\":\"b\",\"namespace\":\"shop\"},\"kind\":\"Other\"}]}", true },
        { "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[]}", true },
        { "{\"apiVersion\":\"v1\",\"kind\":\"Box\",\"items\":[{\"kind\":\"Fake\"}],\"metadata\":{\"name\":\"web\"}}", false },
        { "{\"apiVersion\":1,\"kind\":\"ConfigMap\",\"metadata\":{\"name\":null}}", false },
        { "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":[]}", false },
        { "[{\"apiVersion\":\"v1\"}]", false },
        { "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":null}", false },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_is_read_as_the_full_reader_reads_it(string text, bool isFast)
    {
        var fast = Fast(text);
        Assert.Equal(isFast, fast is not null);
        Assert.Equal(Full(text), fast ?? Either(text));
    }

    [Theory]
    [InlineData("kind: A\nkind: B\n")]
    [InlineData("apiVersion: v1\nkind: A\nmetadata:\n  name: a\n  name: b\n")]
    [InlineData("kind: A\nmetadata:\n  name: a\nmetadata:\n  name: b\n")]
    [InlineData("kind: A\nmetadata:\n    name: a\n  namespace: b\n")]
    [InlineData("{{- if .Values.on }}\nkind: A\n{{- end }}\n")]
    [InlineData("kind: {{ .Values.kind }}\n")]
    [InlineData("kind: A\nmetadata:\n  name: {{ .Release.Name }}\n")]
    [InlineData("kind: A\nmetadata:\n  labels:\n    {{- include \"labels\" . | nindent 4 }}\n")]
    [InlineData("kind: A\nspec:\n  image: {{ .Values.image }}\n")]
    [InlineData("kind: A\nspec:\n  list:\n  - {{ .Values.image }}\n")]
    [InlineData("kind: A\ndata:\n  text: \"it goes on\nkind: Fake\"\n")]
    [InlineData("kind: A\ndata:\n  list: [\nkind: x,\n b ]\n")]
    [InlineData("kind: A\ndata:\n  map: {a: b,\nmetadata: x}\n")]
    [InlineData("kind: A\ndata:\n  text: one\u2028kind: Fake\n")]
    [InlineData("kind: A\0\n")]
    [InlineData("kind: A\u0007\n")]
    [InlineData("{\"kind\":\"A\",\"kind\":\"B\"}")]
    [InlineData("{\"kind\":\"A\"")]
    public void What_is_wrong_with_a_head_is_told_by_the_full_reader(string text)
    {
        Assert.Null(Fast(text));
        Assert.Throws<UpgradeException>(() => Either(text));
    }

    [Fact]
    public void Other_encodings_are_told_by_the_full_reader()
    {
        foreach (var bytes in new[] { Encoding.Unicode.GetBytes(Web), Encoding.BigEndianUnicode.GetPreamble(), Encoding.Latin1.GetBytes("kind: Ü\n"), Encoding.UTF32.GetBytes(Web) })
        {
            Assert.False(HeadScanner.TryRead(bytes, []));
            Assert.Throws<UpgradeException>(() => ManifestHeads.Read(bytes, "x.yaml", []));
        }
    }

    [Fact]
    public void Whatever_manifests_are_put_together_the_fast_reader_says_the_same_or_nothing()
    {
        var pieces = new Pieces(new Random(20261122));
        var fast = 0;
        for (var round = 0; round < 2000; round++)
        {
            var text = pieces.Text();
            List<ManifestHead> full;
            try
            {
                full = Full(text);
            }
            catch (UpgradeException)
            {
                // What is no YAML says nothing.
                continue;
            }

            if (Fast(text) is not { } heads)
                continue;
            fast++;
            Assert.True(full.SequenceEqual(heads), text);
        }

        // Otherwise nothing would be proved, or nothing be fast.
        Assert.InRange(fast, 500, 1900);
    }

    [Fact]
    public void A_rendered_chart_says_which_template_an_object_is_from()
    {
        const string Text = "---\n# Source: shop/templates/a.yaml\nkind: A\nspec:\n---\nkind: B\n---\n# Source: shop/templates/c.yaml\r\n# More.\n\nkind: C\n";
        var rendered = new RenderedFrom(Encoding.UTF8.GetBytes(Text));
        Assert.Equal("shop/templates/a.yaml", rendered.Above(3));
        Assert.Null(rendered.Above(6));
        Assert.Equal("shop/templates/c.yaml", rendered.Above(11));
    }

    private static List<ManifestHead>? Fast(string text)
    {
        var heads = new List<ManifestHead>();
        var bytes = Encoding.UTF8.GetBytes(text);
        return (text.TrimStart() is ['{' or '[', ..] ? JsonHeads.TryRead(bytes, heads) : HeadScanner.TryRead(bytes, heads)) ? heads : null;
    }

    private static List<ManifestHead> Full(string text)
    {
        var heads = new List<ManifestHead>();
        ManifestHeads.ReadFully(Encoding.UTF8.GetBytes(text), "x.yaml", heads);
        return heads;
    }

    private static List<ManifestHead> Either(string text)
    {
        var heads = new List<ManifestHead>();
        ManifestHeads.Read(Encoding.UTF8.GetBytes(text), "x.yaml", heads);
        return heads;
    }

    // Lines that are common, and lines that are odd, in an order that mostly makes sense.
    private sealed class Pieces(Random random)
    {
        // So many of the values are valid wherever they stand.
        private const int Valid = 25;

        private static readonly string[] Values =
        [
            "web", "v1", "apps/v1", "\"web\"", "'web'", "7", "yes", "~", "", "web # not", "a b", "\"a b\"", "it's", "\"it's\"", "'it''s'", "[a, b]", "{a: b}", "[\"]\", ']']", "{}", "[]",
            "|", "|-", ">", "| # block", "", "a b", ">", ">+", "|2", "| # block", "&a web", "*a", "!!str web", "\"open", "'open", "[open", "{open", "a: b", "http://x:80/#y", "#c", "x #c", "- x", "\"a\" # \"b", "@x", "a|b", "a>b", "?x", "%x",
        ];

        private static readonly string[] Keys =
            ["apiVersion", "kind", "metadata", "name", "namespace", "labels", "spec", "data", "\"name\"", "'kind'", "a b", "x.y/z", "items", "<<", "http://x", "it's", "?", "-"];

        public string Text()
        {
            var text = new StringBuilder();
            for (var document = random.Next(1, 4); document > 0; document--)
            {
                text.Append(random.Next(6) == 0 ? "--- # next\n" : "---\n");
                Head(text);
                Mapping(text, 0, random.Next(4));
            }

            return random.Next(8) == 0 ? text.ToString().Replace("\n", "\r\n", StringComparison.Ordinal) : text.ToString();
        }

        private void Head(StringBuilder text)
        {
            var lines = new List<string> { "apiVersion: " + Simple(), "kind: " + Simple(), "metadata:\n" + Metadata() };
            foreach (var line in lines.OrderBy(_ => random.Next()))
                text.Append(line).Append('\n');
        }

        private string Metadata()
        {
            var indent = new string(' ', random.Next(1, 5));
            var text = new StringBuilder().Append(indent).Append("name: ").Append(Simple());
            if (random.Next(2) == 0)
                text.Append('\n').Append(indent).Append("namespace: ").Append(Simple());
            if (random.Next(2) == 0)
            {
                text.Append('\n').Append(indent).Append("annotations:\n");
                Mapping(text, indent.Length + 2, 2);
                text.Length--;
            }

            if (random.Next(4) == 0)
                text.Append('\n').Append(indent).Append("finalizers:\n").Append(indent).Append("- x");
            return text.ToString();
        }

        private void Mapping(StringBuilder text, int indent, int count)
        {
            var isList = Odd(5);
            for (; count > 0; count--)
            {
                var value = Odd(12) ? Values[random.Next(Values.Length)] : Values[random.Next(Valid)];
                text.Append(' ', indent);
                if (isList != Odd(60))
                    text.Append("- ");
                text.Append(Odd(12) ? Keys[random.Next(Keys.Length)] + random.Next(3) : "key" + random.Next(1000)).Append(": ").Append(value).Append('\n');
                if ((value.Length > 0 && value[0] is '|' or '>') || Odd(40))
                {
                    for (var line = random.Next(3); line > 0; line--)
                        text.Append(' ', Odd(40) ? random.Next(indent + 1) : indent + (isList ? 5 : 3) - line).Append(Odd(2) ? "kind: Fake" : Values[random.Next(Values.Length)]).Append('\n');
                }
                else if (value.Length == 0 && indent < 8)
                {
                    Mapping(text, indent + (Odd(20) ? random.Next(4) : isList ? 4 : 2), random.Next(3));
                }

                if (Odd(10))
                    text.Append(Odd(2) ? "\n" : "  # a comment\n");
            }
        }

        private string Simple() => Odd(30) ? Values[random.Next(Values.Length)] : Values[random.Next(Odd(10) ? 10 : 5)];

        private bool Odd(int of) => random.Next(of) == 0;
    }
}
