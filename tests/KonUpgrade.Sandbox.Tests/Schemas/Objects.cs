using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Tests.Schemas;

/// <summary>Objects written as JSON with single quotes, and the pieces of the table that the tests work on.</summary>
internal static class Objects
{
    public static readonly DateTimeOffset Noon = new(2024, 5, 6, 12, 0, 0, TimeSpan.Zero);

    public static JsonObject Of(string text) => (JsonObject)JsonNode.Parse(text.Replace('\'', '"'))!;

    public static ServedResource Kind(string kind, string apiVersion, int minor = 33) =>
        BuiltInKinds.For(minor).Single(r => r.Kind.Kind == kind && r.ApiVersion == apiVersion);

    public static void Same(string expected, JsonNode? actual)
    {
        var wanted = JsonNode.Parse(expected.Replace('\'', '"'));
        if (!JsonNode.DeepEquals(wanted, actual is null ? null : JsonNode.Parse(actual.ToJsonString())))
            Assert.Equal(wanted?.ToJsonString(), actual?.ToJsonString());
    }

    /// <summary>The object as the server stores it when this is posted.</summary>
    public static JsonObject Defaulted(string text, int minor = 33)
    {
        var obj = Of(text);
        var schema = Kind((string)obj["kind"]!, (string)obj["apiVersion"]!, minor).Schema;
        SchemaDefaults.Apply(obj, schema);
        return obj;
    }
}
