using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>Values as Go prints them, which some of the server's messages show.</summary>
internal static class GoText
{
    /// <summary>%T of a decoded value.</summary>
    public static string TypeOf(JsonNode? value) => value switch
    {
        null => "<nil>",
        JsonObject => "map[string]interface {}",
        JsonArray => "[]interface {}",
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "bool",
            _ => Json.TryInteger(value, out _) ? "int64" : "float64",
        },
    };

    /// <summary>%#v of a decoded value: map[string]interface {}{"a":1, "b":"x"}</summary>
    public static string Syntax(JsonNode? value) => value switch
    {
        null => "interface {}(nil)",
        JsonObject map => $"map[string]interface {{}}{{{string.Join(", ", map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{Json.Compact(p.Key)}:{Syntax(p.Value)}"))}}}",
        JsonArray list => $"[]interface {{}}{{{string.Join(", ", list.Select(Syntax))}}}",
        _ => Json.Compact(value),
    };

    /// <summary>%v of a decoded value: map[a:1 b:[x y]]</summary>
    public static string Of(JsonNode? value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode? value)
    {
        switch (value)
        {
            case null:
                text.Append("<nil>");
                break;
            case JsonObject map:
                text.Append("map[");
                var first = true;
                foreach (var (name, inner) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    text.Append(first ? "" : " ").Append(name).Append(':');
                    Write(text, inner);
                    first = false;
                }
                text.Append(']');
                break;
            case JsonArray list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    text.Append(i == 0 ? "" : " ");
                    Write(text, list[i]);
                }
                text.Append(']');
                break;
            default:
                text.Append(Json.Text(value) ?? Json.Compact(value));
                break;
        }
    }
}
