using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Workloads;

/// <summary>Who owns single fields of an object, as its managedFields have it.</summary>
internal static class FieldOwnership
{
    /// <summary>Who owns a field, or a list that it is in and that is owned as a whole. Empty where nobody does, or where that can't be told.</summary>
    public static IReadOnlyList<FieldManager> Of(KubernetesObject o, FieldPath path) =>
    [
        .. o.Metadata.Objects("managedFields")
            .Where(m => m.Text("subresource") is null or "" && Owns(m.Member("fieldsV1"), path))
            .Select(m => new FieldManager(m.Text("manager") ?? "", m.Text("operation") ?? "Update"))
            .Distinct(),
    ];

    /// <summary>
    /// What makes fields belong to those who owned them before they were held, and to nobody else. Values stay as they
    /// are: a server gives a field to whoever changes it, so this comes after the change. What somebody else has taken
    /// since stays theirs.
    /// </summary>
    /// <param name="live">The object as it is.</param>
    /// <param name="owners">The fields and their owners.</param>
    /// <param name="ours">The managers in whose name the fields were changed.</param>
    /// <param name="now">The time.</param>
    /// <returns>The JSON merge patch; null where they belong to them already.</returns>
    public static byte[]? Restore(KubernetesObject live, IReadOnlyList<ReleasedOwner> owners, IReadOnlyList<string> ours, DateTimeOffset now)
    {
        if (Managed(live) is not { } managed)
            return null;
        var changed = false;
        foreach (var owner in owners)
        {
            if (NamesOf(owner.Path) is not { } names || (owner.Managers.Count == 0 && names.Length < owner.Path.Steps.Length))
                continue;
            names = OwnedAsAWhole(managed, ours, names);
            // What we do not own any more somebody has taken since, with a value of their own.
            if (!managed.OfType<JsonObject>().Any(e => Text(e, "subresource").Length == 0 && ours.Contains(Text(e, "manager")) && e["fieldsV1"] is JsonObject own && Has(own, names)))
                continue;
            foreach (var entry in managed.OfType<JsonObject>().Where(e => Text(e, "subresource").Length == 0).ToList())
            {
                var manager = new FieldManager(Text(entry, "manager"), Text(entry, "operation"));
                if (owner.Managers.Contains(manager) || (owner.Managers.Count == 0 && !ours.Contains(manager.Manager)) || entry["fieldsV1"] is not JsonObject fields || !Remove(fields, names))
                    continue;
                changed = true;
                if (fields.Count == 0)
                    managed.Remove(entry);
            }
            foreach (var manager in owner.Managers)
                changed |= Add(managed, manager, names, live.ApiVersion, now);
        }
        return changed ? PatchOf(live, managed) : null;
    }

    /// <summary>The entries of an object; null where nobody's fields are tracked.</summary>
    public static JsonArray? Managed(KubernetesObject live) =>
        live.Metadata.Member("managedFields") is { ValueKind: JsonValueKind.Array } json ? JsonNode.Parse(json.GetRawBytes().Span) as JsonArray : null;

    /// <summary>Whether an entry is that of a manager's writes of the object itself.</summary>
    public static bool IsOf(JsonObject entry, FieldManager manager) =>
        Text(entry, "subresource").Length == 0 && Text(entry, "manager") == manager.Manager && Text(entry, "operation") == manager.Operation;

    /// <summary>The JSON merge patch that puts other entries in the place of an object's, as it was seen.</summary>
    public static byte[] PatchOf(KubernetesObject live, JsonArray managed)
    {
        var metadata = new JsonObject { ["resourceVersion"] = live.ResourceVersion, ["uid"] = live.Uid, ["managedFields"] = managed };
        return JsonTree.Write(new JsonObject { ["metadata"] = metadata });
    }

    /// <summary>What a manager owns of the object itself in a version, made where it owns nothing yet.</summary>
    public static JsonObject FieldsOf(JsonArray managed, FieldManager manager, string apiVersion, DateTimeOffset now)
    {
        var entry = managed.OfType<JsonObject>().FirstOrDefault(e => IsOf(e, manager) && Text(e, "apiVersion") == apiVersion);
        if (entry is null)
        {
            entry = new JsonObject
            {
                ["manager"] = manager.Manager,
                ["operation"] = manager.Operation,
                ["apiVersion"] = apiVersion,
                ["time"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["fieldsType"] = "FieldsV1",
            };
            managed.Add((JsonNode)entry);
        }
        if (entry["fieldsV1"] is not JsonObject fields)
            entry["fieldsV1"] = fields = [];
        return fields;
    }

    /// <summary>A text of an entry; empty where it has none.</summary>
    public static string Text(JsonObject entry, string name) => entry[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static bool Add(JsonArray managed, FieldManager manager, string[] names, string apiVersion, DateTimeOffset now)
    {
        var at = FieldsOf(managed, manager, apiVersion, now);
        var added = false;
        foreach (var name in names)
        {
            if (at[name] is not JsonObject next)
            {
                at[name] = next = [];
                added = true;
            }
            at = next;
        }
        return added;
    }

    private static bool Has(JsonObject fields, ReadOnlySpan<string> names) =>
        fields[names[0]] is JsonObject inner && (names.Length == 1 || Has(inner, names[1..]));

    private static bool Remove(JsonObject fields, ReadOnlySpan<string> names)
    {
        if (names.Length == 1)
            return fields.Remove(names[0]);
        if (fields[names[0]] is not JsonObject inner || !Remove(inner, names[1..]))
            return false;
        if (inner.Count == 0)
            fields.Remove(names[0]);
        return true;
    }

    // Down to the mapping that was changed as a whole, as a node selector is: that is what changed hands.
    private static string[] OwnedAsAWhole(JsonArray managed, IReadOnlyList<string> ours, string[] names)
    {
        foreach (var entry in managed.OfType<JsonObject>().Where(e => Text(e, "subresource").Length == 0 && ours.Contains(Text(e, "manager"))))
        {
            var at = entry["fieldsV1"] as JsonObject;
            for (var depth = 0; depth < names.Length && at is not null; depth++)
            {
                if (depth > 0 && at.Count == 0)
                    return names[..depth];
                at = at[names[depth]] as JsonObject;
            }
        }
        return names;
    }

    // Down to the list, where the path leads through one: such a list is owned as a whole.
    private static string[]? NamesOf(FieldPath path)
    {
        var names = new List<string>();
        foreach (var step in path.Steps)
        {
            if (step.Name is null)
                break;
            names.Add($"f:{step.Name}");
        }
        return names.Count == 0 ? null : [.. names];
    }

    private static bool Owns(JsonPart fields, FieldPath path)
    {
        foreach (var step in path.Steps)
        {
            // What is below a list that has no keys is owned with the list.
            if (step.Name is null)
                return fields.ValueKind == JsonValueKind.Object && !fields.HasContent;
            fields = fields.Member($"f:{step.Name}");
            if (fields.ValueKind != JsonValueKind.Object)
                return false;
            if (!fields.HasContent)
                return true;
        }
        return true;
    }
}
