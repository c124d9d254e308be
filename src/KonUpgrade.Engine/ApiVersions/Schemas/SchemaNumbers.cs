using System.Globalization;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.ApiVersions.Schemas;

/// <summary>What a schema says of numbers.</summary>
internal static class SchemaNumbers
{
    /// <summary>Whether a number is whole: 1.0 is.</summary>
    public static bool IsWhole(JsonPart value) =>
        value.TryGetInt64(out _) || (double.TryParse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Truncate(number) == number);

    /// <summary>Whether a number is one of as many bits as the format says.</summary>
    public static bool IsInRange(JsonPart value, string? format) => format switch
    {
        "int32" => Of(value) is >= int.MinValue and <= int.MaxValue,
        "int64" => Of(value) is >= long.MinValue and <= long.MaxValue,
        _ => true,
    };

    /// <summary>What is wrong with a number.</summary>
    public static IEnumerable<string> Check(JsonPart value, JsonPart node)
    {
        if (Of(value) is not { } number)
            yield break;
        if (Of(node.Member("minimum")) is { } least)
        {
            if (node.Member("exclusiveMinimum").ValueKind == JsonValueKind.True ? number <= least : number < least)
                yield return $"must be {(node.Member("exclusiveMinimum").ValueKind == JsonValueKind.True ? "more than" : "at least")} {node.Member("minimum").GetRawText()}";
        }
        if (Of(node.Member("maximum")) is { } most)
        {
            if (node.Member("exclusiveMaximum").ValueKind == JsonValueKind.True ? number >= most : number > most)
                yield return $"must be {(node.Member("exclusiveMaximum").ValueKind == JsonValueKind.True ? "less than" : "at most")} {node.Member("maximum").GetRawText()}";
        }
        if (Of(node.Member("multipleOf")) is { } unit and > 0 && number % unit != 0)
            yield return $"must be a multiple of {node.Member("multipleOf").GetRawText()}";
    }

    // What a decimal can't hold is so far out that its order still tells.
    private static decimal? Of(JsonPart value)
    {
        if (value.ValueKind != JsonValueKind.Number)
            return null;
        if (decimal.TryParse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return number;
        return value.GetRawText().StartsWith('-') ? decimal.MinValue : decimal.MaxValue;
    }
}
