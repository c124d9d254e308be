using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>By what a kind of workload is held back: fields that its own controller obeys.</summary>
public sealed record HoldMeans
{
    /// <summary>The API group; empty for the core group.</summary>
    public required string Group { get; init; }

    /// <summary>The kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Scheduled or Serving.</summary>
    public required WorkloadClass Class { get; init; }

    /// <summary>The fields, with the values that hold.</summary>
    public required IReadOnlyList<HoldingField> Fields { get; init; }

    /// <summary>
    /// Whether only objects without a controller of their own are held: the controller of the others would give the field
    /// its value back at once, and it is what has to be held.
    /// </summary>
    public bool OnlyUnowned { get; init; }

    /// <summary>Whether what it runs ends with the hold, and can be waited for; not where only a controller's work at it stops.</summary>
    public bool Waits { get; init; } = true;

    /// <summary>What it begins that runs on for itself, beside Jobs and Pods.</summary>
    public IReadOnlyList<BegunKind> Begins { get; init; } = [];

    /// <summary>Kind and group as people write them.</summary>
    public string KindAndGroup => Group.Length == 0 ? Kind : $"{Kind}.{Group}";
}

/// <summary>A field and the value by which it holds.</summary>
/// <param name="Path">The field; at most one step may stand for every element of a list (<c>[*]</c>).</param>
/// <param name="Json">The value as JSON; null for the time of the hold (RFC 3339), where any value holds.</param>
public sealed record HoldingField(FieldPath Path, string? Json)
{
    /// <summary>The value to be set.</summary>
    internal JsonNode? Value(DateTimeOffset now) =>
        Json is null ? JsonValue.Create(now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)) : JsonNode.Parse(Json);

    /// <summary>Whether a value holds already.</summary>
    internal bool IsHeldBy(JsonNode? value) => value is not null && (Json is null || JsonNode.DeepEquals(value, JsonNode.Parse(Json)));
}
