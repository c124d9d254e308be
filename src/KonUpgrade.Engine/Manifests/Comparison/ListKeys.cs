using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Manifests.Comparison;

/// <summary>
/// By which fields the elements of a list are told apart. The first choice of key fields that every element on both
/// sides has, and that no two elements of a side share, is taken; without one, position counts.
/// </summary>
internal static class ListKeys
{
    /// <summary>Choices in order of preference. The names are those of the Kubernetes API's own list-map keys, and what custom resources commonly use.</summary>
    private static readonly string[][] s_choices =
    [
        ["name"],
        ["mountPath"],
        ["devicePath"],
        ["containerPort", "protocol"],
        ["containerPort"],
        ["port", "protocol"],
        ["port"],
        ["topologyKey", "whenUnsatisfiable"],
        ["kind", "namespace", "name"],
        ["kind", "name"],
        ["ip"],
        ["type"],
        ["key"],
        ["id"],
    ];

    /// <summary>
    /// Lists that the built-in kinds declare as maps or sets (listType in the API's published OpenAPI): a server
    /// merges them element by element, and others may add elements of their own.
    /// </summary>
    private static readonly HashSet<string> s_merged = new(StringComparer.Ordinal)
    {
        "containers", "initContainers", "ephemeralContainers", "env", "ports", "volumes", "volumeMounts", "volumeDevices",
        "imagePullSecrets", "secrets", "hostAliases", "topologySpreadConstraints", "ownerReferences", "webhooks", "conditions",
        "finalizers", "schedulingGates", "resourceClaims",
    };

    /// <summary>Merged lists in which the order of the elements means something all the same.</summary>
    private static readonly HashSet<string> s_ordered = new(StringComparer.Ordinal) { "initContainers", "env" };

    /// <summary>Whether a server merges the list of this name in a built-in kind element by element.</summary>
    public static bool IsMerged(string field) => s_merged.Contains(field);

    /// <summary>Whether the order of such a list's elements has no meaning.</summary>
    public static bool IsUnordered(string field) => s_merged.Contains(field) && !s_ordered.Contains(field);

    /// <summary>The key fields that tell the elements of both lists apart, or null.</summary>
    public static string[]? Choose(JsonPart reference, JsonPart difference)
    {
        foreach (var choice in s_choices)
        {
            if (Holds(reference, choice) && Holds(difference, choice))
                return choice;
        }
        return null;
    }

    /// <summary>
    /// The key of one element as a path shows it: <c>name=web</c>, or <c>containerPort=53,protocol=UDP</c>. A port without
    /// a protocol is one of TCP, as servers complete it.
    /// </summary>
    public static string Of(JsonPart element, string[] fields) =>
        string.Join(
            ',',
            fields.Where(field => element.TryGetProperty(field, out var value) && !(field == "protocol" && Text(value) == "TCP"))
                .Select(field => $"{field}={Text(element.GetProperty(field))}"));

    private static bool Holds(JsonPart list, string[] fields)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in list.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(fields[0], out _))
                return false;
            foreach (var field in fields)
            {
                if (element.TryGetProperty(field, out var value) && value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
                    return false;
            }
            if (!seen.Add(Of(element, fields)))
                return false;
        }
        return true;
    }

    private static string Text(JsonPart value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
