using System.Text.Json.Nodes;
using KonUpgrade.Engine.Configuration.Keeping;

namespace KonUpgrade.Engine.Tests.Configuration.Keeping;

public sealed class TakenBackTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":2}""", """{"a":2}""", """{"a":1}""", "")]
    [InlineData("""{"a":1}""", """{"a":2}""", """{"a":3}""", """{"a":3}""", "spec.a")]
    [InlineData("""{"a":1}""", """{"a":2}""", """{"a":2,"replicas":5}""", """{"a":1,"replicas":5}""", "")]
    [InlineData("""{"replicas":1}""", """{"replicas":1}""", """{"replicas":4}""", """{"replicas":4}""", "")]
    [InlineData("""{}""", """{"a":{"b":1}}""", """{"a":{"b":1,"c":2}}""", """{"a":{"c":2}}""", "")]
    [InlineData("""{"a":{"b":1}}""", """{}""", """{}""", """{"a":{"b":1}}""", "")]
    [InlineData("""{"a":1}""", """{"a":2}""", """{}""", """{}""", "spec.a")]
    [InlineData("""{"list":[1,2]}""", """{"list":[1,3]}""", """{"list":[1,3]}""", """{"list":[1,2]}""", "")]
    [InlineData("""{"list":[1,2]}""", """{"list":[1,3]}""", """{"list":[3,1]}""", """{"list":[3,1]}""", "spec.list")]
    [InlineData(
        """{"webhooks":[{"name":"x","rule":1},{"name":"y","rule":1}]}""", """{"webhooks":[{"name":"x","rule":2},{"name":"z","rule":1}]}""",
        """{"webhooks":[{"name":"x","rule":2,"caBundle":"b"},{"name":"z","rule":1}]}""", """{"webhooks":[{"name":"x","rule":1,"caBundle":"b"},{"name":"y","rule":1}]}""", "")]
    public void Of_a_change_that_is_taken_back_which_nobody_has_changed_since(string before, string after, string live, string wanted, string leftPaths)
    {
        var left = new List<string>();
        var merged = TakenBack.Of(Object(before, "1"), Object(after, "2"), Object(live, "3"), left);
        Assert.True(JsonNode.DeepEquals(Object(wanted, "3"), merged), merged.ToJsonString());
        Assert.Equal(leftPaths, string.Join(',', left));
    }

    private static JsonObject Object(string spec, string version) => JsonNode.Parse(
        $$$"""{"apiVersion":"v1","kind":"X","metadata":{"name":"x","uid":"u","resourceVersion":"{{{version}}}","generation":{{{version}}}},"spec":{{{spec}}},"status":{"seen":{{{version}}}}}""")!.AsObject();
}
