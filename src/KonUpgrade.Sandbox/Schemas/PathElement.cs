using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>One step of a path in managedFields, in its written form: f:name, k:{"name":"a"}, v:"a" or i:0.</summary>
internal static class PathElement
{
    private const string Ranks = "fkvi";

    public static IComparer<string> Order { get; } = Comparer<string>.Create(Compare);

    public static string Field(string name) => "f:" + name;

    public static string Value(JsonNode value) => "v:" + Json.Compact(value);

    /// <summary>The element of an item in a list of type map, or null and why it has none.</summary>
    public static string? Key(JsonNode? item, SchemaNode list, out string? problem)
    {
        problem = null;
        if (item is not JsonObject fields)
        {
            problem = item is null ? "associative list with keys may not have a null element" : "associative list with keys may not have non-map elements";
            return null;
        }
        if (list.ListMapKeys.Count == 1)
        {
            var one = list.ListMapKeys[0];
            var value = KeyValue(fields, list, one);
            if (value is null)
            {
                problem = Omitted(one);
                return null;
            }
            return $"k:{{\"{one}\":{Json.Compact(value)}}}";
        }
        var key = new JsonObject();
        foreach (var name in list.ListMapKeys.Order(StringComparer.Ordinal))
        {
            var value = KeyValue(fields, list, name);
            if (value is null)
            {
                problem = Omitted(name);
                return null;
            }
            key[name] = value.DeepClone();
        }
        return "k:" + Json.Compact(key);
    }

    private static JsonNode? KeyValue(JsonObject item, SchemaNode list, string name) =>
        item.TryGetPropertyValue(name, out var value) ? value : KeyDefault(list.Items?.Properties.GetValueOrDefault(name));

    // The published default of a key; that of a field which is always written is its zero.
    private static JsonNode? KeyDefault(SchemaNode? node)
    {
        if (node is null)
            return null;
        if (node.Default is not null && node.DefaultPublished)
            return node.Default;
        if (!node.BuiltIn || node.Pointer || !node.AlwaysWritten)
            return null;
        return node.Type switch
        {
            SchemaType.String => JsonValue.Create(""),
            SchemaType.Integer => JsonValue.Create(0),
            _ => null,
        };
    }

    private static string Omitted(string name) =>
        $"associative list with keys has an element that omits key field \"{name}\" (and doesn't have default value)";

    /// <summary>As conflicts and errors print it: .name, [name="a"], [="a"], [0].</summary>
    public static string Print(string element)
    {
        var rest = element[2..];
        switch (element[0])
        {
            case 'f':
                return "." + rest;
            case 'k':
                var fields = JsonNode.Parse(rest)!.AsObject().Select(p => $"{p.Key}={Json.Compact(p.Value)}");
                return $"[{string.Join(',', fields)}]";
            case 'v':
                return $"[={rest}]";
            default:
                return $"[{rest}]";
        }
    }

    private static int Compare(string? left, string? right)
    {
        if (left is null || right is null || left.Length < 2 || right.Length < 2)
            return string.CompareOrdinal(left, right);
        if (left[0] != right[0])
            return Ranks.IndexOf(left[0], StringComparison.Ordinal).CompareTo(Ranks.IndexOf(right[0], StringComparison.Ordinal));
        switch (left[0])
        {
            case 'k':
                return CompareKeys(left, right);
            case 'v':
                return CompareValues(JsonNode.Parse(left[2..]), JsonNode.Parse(right[2..]));
            case 'i':
                return int.Parse(left.AsSpan(2), CultureInfo.InvariantCulture).CompareTo(int.Parse(right.AsSpan(2), CultureInfo.InvariantCulture));
            default:
                return string.CompareOrdinal(left, right);
        }
    }

    private static int CompareKeys(string left, string right)
    {
        if (left == right)
            return 0;
        var a = JsonNode.Parse(left[2..])!.AsObject().ToArray();
        var b = JsonNode.Parse(right[2..])!.AsObject().ToArray();
        for (var i = 0; i < a.Length && i < b.Length; i++)
        {
            var order = string.CompareOrdinal(a[i].Key, b[i].Key);
            if (order == 0)
                order = CompareValues(a[i].Value, b[i].Value);
            if (order != 0)
                return order;
        }
        return a.Length.CompareTo(b.Length);
    }

    // Numbers before text before truth values, each by its own order.
    private static int CompareValues(JsonNode? left, JsonNode? right)
    {
        if (Json.TryNumber(left, out var x) && Json.TryNumber(right, out var y))
            return x.CompareTo(y);
        var order = Rank(left).CompareTo(Rank(right));
        return order != 0 ? order : string.CompareOrdinal(Json.Text(left) ?? Json.Compact(left), Json.Text(right) ?? Json.Compact(right));
    }

    private static int Rank(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Number => 0,
        JsonValueKind.String => 1,
        JsonValueKind.True or JsonValueKind.False => 2,
        _ => 3,
    };
}
