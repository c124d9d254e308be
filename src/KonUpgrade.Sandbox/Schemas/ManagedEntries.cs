using System.Globalization;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>One manager's entry in metadata.managedFields.</summary>
internal sealed record ManagedEntry(string Manager, string Operation, string ApiVersion, string? Subresource, string? Time, FieldSet Fields)
{
    public const string Apply = "Apply";
    public const string Update = "Update";

    public bool Applied => Operation == Apply;

    /// <summary>The same manager in the sense of the server: an applier is one in whichever version it applies.</summary>
    public bool IsSameManager(ManagedEntry other) =>
        Manager == other.Manager && Operation == other.Operation && Subresource == other.Subresource && (Applied || ApiVersion == other.ApiVersion);

    /// <summary>As it stands in conflict messages.</summary>
    public string Print()
    {
        var text = Subresource is null ? Json.Compact(Manager) : $"{Json.Compact(Manager)} with subresource {Json.Compact(Subresource)}";
        return Applied ? text : $"{text} using {ApiVersion}";
    }
}

/// <summary>Reads and writes metadata.managedFields.</summary>
internal static class ManagedEntries
{
    public const int MostUpdateManagers = 10;

    public static string Time(DateTimeOffset now) => now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The entries of an object; empty when it has none; null when they cannot be read.</summary>
    public static List<ManagedEntry>? Read(JsonObject? obj)
    {
        var entries = new List<ManagedEntry>();
        if (obj?["metadata"] is not JsonObject metadata || metadata["managedFields"] is not JsonArray list)
            return entries;
        foreach (var item in list)
        {
            if (item is not JsonObject json
                || Json.Text(json["operation"]) is not (ManagedEntry.Apply or ManagedEntry.Update)
                || Json.Text(json["apiVersion"]) is not { Length: > 0 } version
                || Json.Text(json["fieldsType"]) != "FieldsV1"
                || FieldSet.FromJson(json["fieldsV1"] ?? new JsonObject()) is not { } fields)
            {
                return null;
            }
            var subresource = Json.Text(json["subresource"]);
            entries.Add(new ManagedEntry(Json.Text(json["manager"]) ?? "", Json.Text(json["operation"])!, version,
                string.IsNullOrEmpty(subresource) ? null : subresource, Json.Text(json["time"]), fields));
        }
        return entries;
    }

    public static void Write(JsonObject obj, IEnumerable<ManagedEntry> entries)
    {
        if (obj["metadata"] is not JsonObject metadata)
            obj["metadata"] = metadata = [];
        var list = new JsonArray();
        foreach (var entry in entries.OrderBy(e => e.Operation, StringComparer.Ordinal).ThenBy(e => e.Time, StringComparer.Ordinal)
            .ThenBy(e => e.Manager, StringComparer.Ordinal).ThenBy(e => e.ApiVersion, StringComparer.Ordinal).ThenBy(e => e.Subresource, StringComparer.Ordinal))
        {
            var json = new JsonObject
            {
                ["manager"] = entry.Manager,
                ["operation"] = entry.Operation,
                ["apiVersion"] = entry.ApiVersion,
            };
            if (entry.Time is not null)
                json["time"] = entry.Time;
            json["fieldsType"] = "FieldsV1";
            json["fieldsV1"] = entry.Fields.ToJson();
            if (entry.Subresource is not null)
                json["subresource"] = entry.Subresource;
            list.Add((JsonNode)json);
        }
        if (list.Count == 0)
            metadata.Remove("managedFields");
        else
            metadata["managedFields"] = list;
    }

    /// <summary>At most ten entries of updates: the oldest of each version are merged into "ancient-changes".</summary>
    public static void Cap(List<ManagedEntry> entries)
    {
        var updates = entries.Where(e => !e.Applied).OrderBy(e => e.Time, StringComparer.Ordinal).ThenBy(e => e.Manager, StringComparer.Ordinal).ToList();
        var count = updates.Count;
        var firstOfVersion = new Dictionary<string, ManagedEntry>(StringComparer.Ordinal);
        foreach (var entry in updates)
        {
            if (count <= MostUpdateManagers)
                return;
            if (!firstOfVersion.TryGetValue(entry.ApiVersion, out var bucket))
            {
                firstOfVersion[entry.ApiVersion] = entry;
                continue;
            }
            var merged = new ManagedEntry("ancient-changes", ManagedEntry.Update, entry.ApiVersion, null, entry.Time, bucket.Fields.Union(entry.Fields));
            entries.Remove(bucket);
            entries.Remove(entry);
            entries.Add(merged);
            firstOfVersion[entry.ApiVersion] = merged;
            count--;
        }
    }
}
