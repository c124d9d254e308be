using System.Globalization;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Api.Tables;

/// <summary>
/// The paths that a CRD's columns are written in: <c>.a.b</c>, <c>['a']</c>, <c>[0]</c>, <c>[*]</c> and
/// <c>[?(@.type=="Ready")]</c>. What is written otherwise finds nothing.
/// </summary>
internal static class ObjectPath
{
    public static IReadOnlyList<JsonNode> Find(JsonNode item, string path)
    {
        IReadOnlyList<JsonNode> found = [item];
        int at = 0;
        while (at < path.Length && found.Count > 0)
        {
            if (path[at] == '.')
            {
                int end = at + 1;
                while (end < path.Length && path[end] is not ('.' or '[')) end += path[end] == '\\' ? 2 : 1;
                end = Math.Min(end, path.Length);
                string name = path[(at + 1)..end].Replace("\\", string.Empty, StringComparison.Ordinal);
                found = [.. found.Select(node => (node as JsonObject)?[name]).OfType<JsonNode>()];
                at = end;
            }
            else if (path[at] == '[')
            {
                int end = End(path, at);
                if (end < 0) return [];
                string inside = path[(at + 1)..end];
                found = [.. found.SelectMany(node => Select(node, inside))];
                at = end + 1;
            }
            else
            {
                return [];
            }
        }
        return found;
    }

    // The bracket that closes; those within quotes do not count.
    private static int End(string path, int open)
    {
        char quote = '\0';
        for (int i = open + 1; i < path.Length; i++)
        {
            if (quote != '\0') quote = path[i] == quote ? '\0' : quote;
            else if (path[i] is '\'' or '"') quote = path[i];
            else if (path[i] == ']') return i;
        }
        return -1;
    }

    private static IEnumerable<JsonNode> Select(JsonNode node, string inside)
    {
        if (inside is ['\'' or '"', .. var name, '\'' or '"']) return (node as JsonObject)?[name] is { } member ? [member] : [];
        if (node is not JsonArray list) return [];
        if (inside == "*") return list.OfType<JsonNode>();
        if (int.TryParse(inside, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index))
        {
            if (index < 0) index += list.Count;
            return index >= 0 && index < list.Count && list[index] is { } element ? [element] : [];
        }
        if (!inside.StartsWith("?(@", StringComparison.Ordinal) || !inside.EndsWith(')')) return [];
        string[] sides = inside[3..^1].Split("==", 2);
        if (sides.Length != 2) return [];
        string wanted = sides[1].Trim().Trim('"', '\'');
        return list.OfType<JsonNode>().Where(element => Find(element, sides[0].Trim()) is [var value, ..] && value.ToString() == wanted);
    }
}
