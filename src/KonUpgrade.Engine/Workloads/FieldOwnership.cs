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
    /// are: a server gives a field to whoever changes it, so this comes after the change.
    /// </summary>
    /// <param name="live">The object as it is.</param>
    /// <param name="owners">The fields and their owners.</param>
    /// <param name="ours">The managers in whose name the fields were changed.</param>
    /// <param name="now">The time.</param>
    /// <returns>The JSON merge patch; null where they belong to them already.</returns>
    public static byte[]? Restore(KubernetesObject live, IReadOnlyList<ReleasedOwner> owners, IReadOnlyList<string> ours, DateTimeOffset now)
    {
        if (live.Metadata.Member("managedFields") is not { ValueKind: JsonValueKind.Array } json || JsonNode.Parse(json.GetRawBytes().Span) is not JsonArray managed)
            return null;
        var changed = false;
        foreach (var owner in owners)
        {
            if (NamesOf(owner.Path) is not { } names || (owner.Managers.Count == 0 && names.Length < owner.Path.Steps.Length))
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
        if (!changed)
            return null;
        var metadata = new JsonObject { ["resourceVersion"] = live.ResourceVersion, ["uid"] = live.Uid, ["managedFields"] = managed };
        return JsonTree.Write(new JsonObject { ["metadata"] = metadata });
    }

    private static bool Add(JsonArray managed, FieldManager manager, string[] names, string apiVersion, DateTimeOffset now)
    {
        var entry = managed.OfType<JsonObject>().FirstOrDefault(e =>
            Text(e, "subresource").Length == 0 && Text(e, "manager") == manager.Manager && Text(e, "operation") == manager.Operation && Text(e, "apiVersion") == apiVersion);
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
        if (entry["fieldsV1"] is not JsonObject at)
            entry["fieldsV1"] = at = [];
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

    private static string Text(JsonObject entry, string name) => entry[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

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
