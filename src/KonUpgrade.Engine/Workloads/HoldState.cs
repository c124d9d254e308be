using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>
/// What an object was before it was held, kept on the object itself as an annotation: by field, the value before (no
/// value where the field was not there), the value that holds, and who owned the field.
/// </summary>
internal sealed record HoldState
{
    /// <summary>The annotation.</summary>
    public const string Annotation = "konupgrade.dev/held";

    private const int Version = 1;

    /// <summary>The fields that hold.</summary>
    public required IReadOnlyList<HeldValue> Fields { get; init; }

    /// <summary>Why it is held, beyond being asked for; null where that is all.</summary>
    public string? Reason { get; init; }

    /// <summary>The upgrade that holds it, by its name; null where a command by itself did.</summary>
    public string? Upgrade { get; init; }

    /// <summary>What must be there before it may run; empty where nothing must, and in annotations of before there was such a list.</summary>
    public IReadOnlyList<HoldNeed> Needs { get; init; } = [];

    /// <summary>That it would act on the world outside; null where that is not why it is held.</summary>
    public HoldOutward? Outward { get; init; }

    /// <summary>Reads the state of an object.</summary>
    /// <param name="root">The object.</param>
    /// <param name="what">What errors call it.</param>
    /// <returns>Null where it is not held.</returns>
    /// <exception cref="UpgradeException">HoldStateDamaged.</exception>
    public static HoldState? Of(JsonObject root, string what)
    {
        if (root["metadata"] is not JsonObject metadata || metadata["annotations"] is not JsonObject annotations || annotations[Annotation] is not { } node)
            return null;
        return Parse(node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "", what);
    }

    /// <summary>Reads the annotation's text.</summary>
    /// <exception cref="UpgradeException">HoldStateDamaged.</exception>
    public static HoldState Parse(string text, string what)
    {
        try
        {
            var root = JsonNode.Parse(text) as JsonObject ?? throw new FormatException("it is no JSON object.");
            if (root["version"]?.GetValue<int>() is not (Version or null) and var version)
                throw new FormatException($"its version {version} is not known here.");
            var fields = root["fields"] as JsonArray ?? throw new FormatException("it names no fields.");
            return new HoldState
            {
                Fields = [.. fields.Select(Read)],
                Reason = root["reason"]?.GetValue<string>(),
                Upgrade = root["upgrade"]?.GetValue<string>(),
                Needs = [.. (root["needs"] as JsonArray ?? []).Select(ReadNeed)],
                Outward = root["outward"] is { } outward ? ReadOutward(outward) : null,
            };
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw new UpgradeException(HoldFailures.Damaged(what, e is FormatException ? e.Message : "it is not as it was written."), e);
        }
    }

    /// <summary>The annotation's text.</summary>
    public override string ToString()
    {
        var root = new JsonObject { ["version"] = Version };
        if (Reason is not null)
            root["reason"] = Reason;
        if (Upgrade is not null)
            root["upgrade"] = Upgrade;
        if (Needs.Count > 0)
            root["needs"] = new JsonArray([.. Needs.Select(Write)]);
        if (Outward is not null)
            root["outward"] = new JsonObject { ["kind"] = Outward.Kind, ["what"] = Outward.What };
        root["fields"] = new JsonArray([.. Fields.Select(Write)]);
        return JsonTree.Text(root)!;
    }

    private static HoldNeed ReadNeed(JsonNode? node) =>
        node is JsonObject need && need["kind"]?.GetValue<string>() is { } kind && need["name"]?.GetValue<string>() is { } name
            ? new HoldNeed(kind, need["namespace"]?.GetValue<string>(), name)
            : throw new FormatException("something that it needs has no kind or no name.");

    private static HoldOutward ReadOutward(JsonNode node) =>
        node is JsonObject outward && outward["kind"]?.GetValue<string>() is { } kind && outward["what"]?.GetValue<string>() is { } what
            ? new HoldOutward(kind, what)
            : throw new FormatException("it does not say what it would do outside the cluster.");

    private static JsonNode Write(HoldNeed need)
    {
        var node = new JsonObject { ["kind"] = need.Kind };
        if (need.Namespace is not null)
            node["namespace"] = need.Namespace;
        node["name"] = need.Name;
        return node;
    }

    private static HeldValue Read(JsonNode? node)
    {
        if (node is not JsonObject field || field["path"]?.GetValue<string>() is not { } text || !FieldPath.TryParse(text, out var path) || !FieldPlace.CanHold(path))
            throw new FormatException("a field of it has no path.");
        if (field["held"] is not { } held)
            throw new FormatException($"it does not say by what {text} holds.");
        return new HeldValue
        {
            Path = path,
            Item = field["item"]?.GetValue<string>(),
            Like = field["like"]?.DeepClone(),
            Was = field["was"]?.DeepClone(),
            Held = held.DeepClone(),
            Made = field["made"]?.GetValue<int>() ?? 0,
            Owners =
            [
                .. (field["owners"] as JsonArray ?? []).OfType<JsonObject>()
                    .Select(o => new FieldManager(o["manager"]?.GetValue<string>() ?? "", o["operation"]?.GetValue<string>() ?? "Update")),
            ],
        };
    }

    private static JsonNode Write(HeldValue value)
    {
        var field = new JsonObject { ["path"] = value.Path.ToString() };
        if (value.Item is not null)
            field["item"] = value.Item;
        if (value.Like is not null)
            field["like"] = value.Like.DeepClone();
        if (value.Was is not null)
            field["was"] = value.Was.DeepClone();
        field["held"] = value.Held.DeepClone();
        if (value.Made > 0)
            field["made"] = value.Made;
        if (value.Owners.Count > 0)
            field["owners"] = new JsonArray([.. value.Owners.Select(o => (JsonNode)new JsonObject { ["manager"] = o.Manager, ["operation"] = o.Operation })]);
        return field;
    }
}

/// <summary>One field that holds.</summary>
internal sealed record HeldValue
{
    /// <summary>The field.</summary>
    public required FieldPath Path { get; init; }

    /// <summary>The element of the list that the path leads through, by its name or place.</summary>
    public string? Item { get; init; }

    /// <summary>What was in that element beside the field, where it has no name of its own.</summary>
    public JsonNode? Like { get; init; }

    /// <summary>The field as people read it.</summary>
    public string Text => Item is null ? Path.ToString() : Path.ToString().Replace("[*]", $"[{Item}]", StringComparison.Ordinal);

    /// <summary>The value before; null where the field was not there.</summary>
    public JsonNode? Was { get; init; }

    /// <summary>The value that holds.</summary>
    public required JsonNode Held { get; init; }

    /// <summary>How many mappings above it were made for it.</summary>
    public int Made { get; init; }

    /// <summary>Who owned the field before.</summary>
    public IReadOnlyList<FieldManager> Owners { get; init; } = [];
}

/// <summary>Who owns a field: a field manager and how it wrote it (<c>Apply</c> or <c>Update</c>).</summary>
public sealed record FieldManager(string Manager, string Operation);
