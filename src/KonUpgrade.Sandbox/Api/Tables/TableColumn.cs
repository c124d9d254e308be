using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Api.Tables;

/// <summary>A column of a kind's table.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Cell">Its value for an object, at a moment.</param>
internal sealed record TableColumn(string Name, Func<JsonObject, DateTimeOffset, JsonNode?> Cell)
{
    public string Type { get; init; } = "string";

    public string Format { get; init; } = string.Empty;

    /// <summary>0: always shown; more: in wide tables.</summary>
    public long Priority { get; init; }

    public string Description { get; init; } = string.Empty;

    public static TableColumn ObjectName { get; } = new("Name", (item, _) => Metadata.Name(item)) { Format = "name", Description = "Name must be unique within a namespace." };

    public static TableColumn Age { get; } = new("Age", (item, now) => TableText.Since(item["metadata"], "creationTimestamp", now)) { Description = "CreationTimestamp is the time when this object was created." };

    public static TableColumn Text(string name, Func<JsonObject, string> cell) => new(name, (item, _) => cell(item));

    public static TableColumn Number(string name, Func<JsonObject, long> cell) => new(name, (item, _) => cell(item)) { Type = "integer" };

    public static TableColumn Wide(string name, Func<JsonObject, string> cell) => new(name, (item, _) => cell(item)) { Priority = 1 };

    public JsonObject Define() => new()
    {
        ["name"] = Name,
        ["type"] = Type,
        ["format"] = Format,
        ["description"] = Description,
        ["priority"] = Priority,
    };
}
