using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.ApiVersions.Schemas;

/// <summary>Elements that a list may not hold twice: in a set whole ones, in a map those of the same keys.</summary>
internal static class ListDuplicates
{
    /// <summary>The places of the elements that are there already.</summary>
    public static IEnumerable<int> Find(JsonPart list, JsonPart node)
    {
        var type = node.Text("x-kubernetes-list-type");
        if (type is not ("set" or "map"))
            yield break;
        var keys = type == "map" ? node.Texts("x-kubernetes-list-map-keys").ToList() : [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var place = 0;
        foreach (var element in list.EnumerateArray())
        {
            // An element that lacks a key takes its default.
            var id = type == "set"
                ? JsonSame.Text(element)
                : string.Join('\n', keys.Select(key => JsonSame.Text(element.Member(key) is { ValueKind: not JsonValueKind.Undefined } told
                    ? told
                    : node.Member("items").Member("properties").Member(key).Member("default"))));
            if (!seen.Add(id))
                yield return place;
            place++;
        }
    }
}
