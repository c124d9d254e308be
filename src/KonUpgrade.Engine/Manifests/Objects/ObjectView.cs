using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Objects;

/// <summary>
/// A manifest as scripts edit it: ordered dictionaries whose names differ by case too, lists, and values of .NET. Nothing
/// is lost on the way there and back, numbers included: <c>1.0</c> stays <c>1.0</c>.
/// </summary>
public static class ObjectView
{
    /// <summary>The view of a manifest.</summary>
    /// <param name="json">UTF-8 JSON of an object.</param>
    public static IDictionary Of(ReadOnlyMemory<byte> json)
    {
        using var index = JsonIndex.Parse(json);
        return Mapping(index.Root);
    }

    private static OrderedDictionary Mapping(JsonPart part)
    {
        var mapping = new OrderedDictionary(StringComparer.Ordinal);
        // Of several members of one name the last one counts, as everywhere.
        foreach (var member in part.EnumerateObject())
            mapping[member.Name] = Value(member.Value);
        return mapping;
    }

    private static object? Value(JsonPart part) => part.ValueKind switch
    {
        JsonValueKind.Object => Mapping(part),
        JsonValueKind.Array => Sequence(part),
        JsonValueKind.String => part.GetString(),
        JsonValueKind.Number => Number(part.GetRawText()),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static List<object?> Sequence(JsonPart part)
    {
        var sequence = new List<object?>();
        foreach (var element in part.EnumerateArray())
            sequence.Add(Value(element));
        return sequence;
    }

    // The first type that gives the same text back.
    private static object Number(string text)
    {
        var invariant = CultureInfo.InvariantCulture;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out var whole) && whole.ToString(invariant) == text)
            return whole is >= int.MinValue and <= int.MaxValue ? (object)(int)whole : whole;
        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, invariant, out var exact) && exact.ToString(invariant) == text
            ? exact
            : new JsonNumber(text);
    }
}
