using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Configuration.Keeping;

/// <summary>
/// What an object would be had it not been changed: of what was before, what came of the change, and what is there now. What
/// the change did is taken back; what others did before, beside and after it stays.
/// </summary>
internal static class TakenBack
{
    private static readonly string[] s_ofTheServer = ["resourceVersion", "generation", "managedFields", "creationTimestamp", "uid", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"];

    /// <summary>Takes a change back.</summary>
    /// <param name="before">What was before the change.</param>
    /// <param name="after">What came of the change.</param>
    /// <param name="live">What is there.</param>
    /// <param name="left">Gets the fields that somebody has changed since: they stay as they are.</param>
    /// <returns>The object; what is the server's is as in <paramref name="live"/>.</returns>
    public static JsonObject Of(JsonObject before, JsonObject after, JsonObject live, ICollection<string> left)
    {
        var now = WithoutServerFields(live);
        var merged = Merge(WithoutServerFields(before), WithoutServerFields(after), now, default, left)!.AsObject();
        if (live["status"] is { } status)
            merged["status"] = status.DeepClone();
        foreach (var name in s_ofTheServer)
        {
            if (live["metadata"]?[name] is { } value)
                merged["metadata"]![name] = value.DeepClone();
        }

        return merged;
    }

    /// <summary>Who owns fields then: of what the change took or gave, as before; where somebody has changed his own since, as it is.</summary>
    public static JsonArray? OwnersOf(JsonObject before, JsonObject after, JsonObject live)
    {
        var (was, made, now) = (Owners(before), Owners(after), Owners(live));
        if (was.Count == 0)
            return null;
        var owners = new JsonArray();
        foreach (var key in was.Keys.Union(now.Keys, StringComparer.Ordinal))
        {
            if (Merge(was.GetValueOrDefault(key), made.GetValueOrDefault(key), now.GetValueOrDefault(key)) is { } entry)
                owners.Add(entry.DeepClone());
        }

        return owners;

        static JsonNode? Merge(JsonNode? before, JsonNode? after, JsonNode? live) => JsonNode.DeepEquals(live, after) ? before : live;
    }

    /// <summary>Whether two are the same but for what is the server's.</summary>
    public static bool IsSame(JsonObject one, JsonObject other) => JsonNode.DeepEquals(WithoutServerFields(one), WithoutServerFields(other));

    private static Dictionary<string, JsonNode> Owners(JsonObject o)
    {
        var owners = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var entry in (o["metadata"]?["managedFields"] as JsonArray ?? []).OfType<JsonObject>())
            owners[$"{entry["manager"]}\n{entry["operation"]}\n{entry["subresource"]}\n{entry["apiVersion"]}"] = entry;
        return owners;
    }

    private static JsonObject WithoutServerFields(JsonObject o)
    {
        var content = o.DeepClone().AsObject();
        content.Remove("status");
        if (content["metadata"] is JsonObject metadata)
        {
            foreach (var name in s_ofTheServer)
                metadata.Remove(name);
        }

        return content;
    }

    // What is not there is null: to a server that is the same.
    private static JsonNode? Merge(JsonNode? before, JsonNode? after, JsonNode? live, FieldPath path, ICollection<string> left)
    {
        if (JsonNode.DeepEquals(before, after) || JsonNode.DeepEquals(live, before))
            return live?.DeepClone();
        if (JsonNode.DeepEquals(live, after))
            return before?.DeepClone();
        if (live is JsonObject now && before is null or JsonObject && after is null or JsonObject)
            return Members((JsonObject?)before, (JsonObject?)after, now, path, left);
        if (live is JsonArray list && Named(before) is { } was && Named(after) is { } made && Named(list) is { } there)
            return Elements(was, made, there, path, left);
        left.Add(path.ToString());
        return live?.DeepClone();
    }

    private static JsonObject? Members(JsonObject? before, JsonObject? after, JsonObject live, FieldPath path, ICollection<string> left)
    {
        var merged = new JsonObject();
        foreach (var name in Names(live).Union(Names(before), StringComparer.Ordinal).Union(Names(after), StringComparer.Ordinal))
        {
            if (Merge(before?[name], after?[name], live[name], path.Member(name), left) is { } value)
                merged[name] = value;
        }

        return merged.Count == 0 && before is null ? null : merged;
    }

    private static JsonArray Elements(Dictionary<string, JsonNode> before, Dictionary<string, JsonNode> after, Dictionary<string, JsonNode> live, FieldPath path, ICollection<string> left)
    {
        var merged = new JsonArray();
        var index = 0;
        foreach (var name in live.Keys.Union(before.Keys, StringComparer.Ordinal).Union(after.Keys, StringComparer.Ordinal))
        {
            if (Merge(before.GetValueOrDefault(name), after.GetValueOrDefault(name), live.GetValueOrDefault(name), path.Element(index++), left) is { } value)
                merged.Add(value);
        }

        return merged;
    }

    // Lists of which every element has a name of its own are merged by it, as servers do; others are one value.
    private static Dictionary<string, JsonNode>? Named(JsonNode? node)
    {
        var named = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        if (node is null)
            return named;
        if (node is not JsonArray list)
            return null;
        foreach (var element in list)
        {
            if (element is not JsonObject o || o["name"] is not JsonValue value || !value.TryGetValue<string>(out var name) || !named.TryAdd(name, o))
                return null;
        }

        return named;
    }

    private static IEnumerable<string> Names(JsonObject? o) => o?.Select(member => member.Key) ?? [];
}
