using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Aws;

/// <summary>Reads the members of a request's body; one of another type than the model's is a SerializationException.</summary>
internal sealed class Parameters(JsonObject body)
{
    public bool Has(string name) => body[name] is not null;

    public string? Text(string name) => body[name] is not { } node ? null : Json.Text(node) ?? throw Wrong(name, "a string");

    public int? Integer(string name)
        => body[name] is not { } node ? null
        : Json.TryInteger(node, out long number) && number is >= int.MinValue and <= int.MaxValue ? (int)number
        : throw Wrong(name, "an integer");

    public bool Flag(string name)
        => body[name] is { } node && (node is JsonValue value && value.TryGetValue(out bool flag) ? flag : throw Wrong(name, "a boolean"));

    public Parameters? Structure(string name) => Object(name) is { } found ? new Parameters(found) : null;

    public JsonObject? Object(string name) => body[name] is not { } node ? null : node as JsonObject ?? throw Wrong(name, "a structure");

    public IReadOnlyList<string>? Texts(string name)
        => body[name] is not { } node ? null
        : node is JsonArray list ? [.. list.Select(item => Json.Text(item) ?? throw Wrong(name, "a list of strings"))]
        : throw Wrong(name, "a list of strings");

    public IReadOnlyList<Parameters>? Structures(string name)
        => body[name] is not { } node ? null
        : node is JsonArray list ? [.. list.Select(item => new Parameters(item as JsonObject ?? throw Wrong(name, "a list of structures")))]
        : throw Wrong(name, "a list of structures");

    public SortedDictionary<string, string>? Map(string name)
    {
        if (Object(name) is not { } found) return null;
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, JsonNode? value) in found) map[key] = Json.Text(value) ?? throw Wrong($"{name}.{key}", "a string");
        return map;
    }

    private static AwsError Wrong(string name, string type) => AwsError.Serialization($"The member {name} is not {type}.");
}
