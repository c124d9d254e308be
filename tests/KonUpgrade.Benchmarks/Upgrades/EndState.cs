using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>
/// All that the clusters of a scene have, so that it can be compared with another scene: without UIDs, revisions and times,
/// and with generations and the fields' owners, in which what is done twice leaves its trace. Journals, and the leases that
/// they are kept under, are left out.
/// </summary>
internal sealed partial class EndState
{
    private const string JournalNamespace = "konupgrade";

    // Each cluster's own, new in each scene.
    private const string AuthorityName = "kube-root-ca.crt";

    private const int LongestLine = 400;

    private readonly SortedDictionary<string, SortedDictionary<string, string>> _objects = new(StringComparer.Ordinal);

    public int ObjectCount => _objects.Count;

    public static EndState Of(SandboxHost host)
    {
        var objects = host.Clusters.SelectMany(cluster => cluster.Objects().Select(o => (Name: NameOf(cluster.Name, o), Object: o)))
            .Where(o => !IsOfJournals(o.Object) && o.Object["metadata"]!["name"]!.GetValue<string>() != AuthorityName).ToList();
        // A UID inside another object stands for the object that it is of.
        var names = objects.ToDictionary(o => o.Object["metadata"]!["uid"]!.GetValue<string>(), o => $"the UID of {o.Name}", StringComparer.Ordinal);
        var state = new EndState();
        foreach (var (name, o) in objects)
        {
            var metadata = o["metadata"]!.AsObject();
            foreach (var field in new[] { "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp" })
                metadata.Remove(field);
            var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
            if (metadata["managedFields"] is JsonArray managed)
            {
                metadata.Remove("managedFields");
                foreach (var entry in managed.OfType<JsonObject>())
                {
                    entry.Remove("time");
                    Flatten(entry["fieldsV1"], $"managed by {entry["manager"]} {entry["operation"]} {entry["apiVersion"]} {entry["subresource"]}", fields, names);
                }
            }

            Flatten(o, "", fields, names);
            state._objects[name] = fields;
        }

        return state;
    }

    /// <summary>What differs, at most so many lines of it; empty where nothing does.</summary>
    public IReadOnlyList<string> DifferencesTo(EndState reference, int most = 12)
    {
        List<string> lines = [];
        foreach (var name in _objects.Keys.Union(reference._objects.Keys).Order(StringComparer.Ordinal))
        {
            if (!_objects.TryGetValue(name, out var mine))
            {
                lines.Add($"{name} is missing");
            }
            else if (!reference._objects.TryGetValue(name, out var theirs))
            {
                lines.Add($"{name} is there, and should not be");
            }
            else
            {
                lines.AddRange(mine.Keys.Union(theirs.Keys).Order(StringComparer.Ordinal)
                    .Where(field => mine.GetValueOrDefault(field) != theirs.GetValueOrDefault(field))
                    .Select(field => $"{name}: {field} is {mine.GetValueOrDefault(field) ?? "not there"}, should be {theirs.GetValueOrDefault(field) ?? "not there"}"));
            }
        }

        lines = [.. lines.Select(line => line.Length <= LongestLine ? line : $"{line[..LongestLine]} …")];
        return lines.Count <= most ? lines : [.. lines.Take(most), string.Create(CultureInfo.InvariantCulture, $"and {lines.Count - most} more")];
    }

    private static void Flatten(JsonNode? node, string path, SortedDictionary<string, string> fields, Dictionary<string, string> names)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                // Times, and the addresses that a cluster hands out in the order of requests.
                foreach (var (name, inner) in map.Where(member => member.Key is not ("lastTransitionTime" or "clusterIP" or "clusterIPs")))
                    Flatten(inner, path.Length == 0 ? name : $"{path}.{name}", fields, names);
                break;
            case JsonArray { Count: > 0 } list:
                for (var i = 0; i < list.Count; i++)
                    Flatten(list[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), fields, names);
                break;
            default:
                // Each upgrade marks what it makes with an id of its own.
                var text = Mark().Replace(node?.ToJsonString() ?? "null", "the upgrade");
                fields[path] = node is JsonValue value && value.TryGetValue(out string? uid) && names.TryGetValue(uid, out var owner) ? owner : text;
                break;
        }
    }

    private static string NameOf(string cluster, JsonObject o) =>
        $"{cluster}: {o["kind"]} {(o["metadata"]!["namespace"] is { } ns ? $"{ns}/" : "")}{o["metadata"]!["name"]}";

    [GeneratedRegex($"{UpgradeChild.Upgrade}/[0-9A-Za-z-]+")]
    private static partial Regex Mark();

    private static bool IsOfJournals(JsonObject o) =>
        o["metadata"]!["namespace"]?.GetValue<string>() == JournalNamespace || (o["kind"]!.GetValue<string>() == "Namespace" && o["metadata"]!["name"]!.GetValue<string>() == JournalNamespace);
}
