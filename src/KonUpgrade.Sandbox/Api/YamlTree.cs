using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KonUpgrade.Sandbox.Api;

/// <summary>Reads one YAML document as the JSON that it stands for.</summary>
internal static class YamlTree
{
    private const int Deepest = 200;

    /// <exception cref="FormatException">It is no YAML, or no single mapping.</exception>
    public static JsonObject? Read(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents switch
            {
                [] => null,
                [var document] => Node(document.RootNode, 0) as JsonObject ?? throw new FormatException("a YAML mapping was expected"),
                _ => throw new FormatException("one YAML document was expected"),
            };
        }
        catch (YamlException unreadable)
        {
            throw new FormatException($"yaml: line {unreadable.Start.Line}: {unreadable.Message}", unreadable);
        }
        catch (InvalidOperationException unreadable)
        {
            // What the library throws for some broken flow mappings.
            throw new FormatException($"yaml: {unreadable.Message}", unreadable);
        }
    }

    private static JsonNode? Node(YamlNode node, int depth)
    {
        if (depth > Deepest) throw new FormatException("the YAML is nested too deeply");
        switch (node)
        {
            case YamlMappingNode mapping:
                var item = new JsonObject();
                foreach ((YamlNode key, YamlNode value) in mapping.Children)
                    item[(key as YamlScalarNode)?.Value ?? throw new FormatException("a YAML key is no scalar")] = Node(value, depth + 1);
                return item;
            case YamlSequenceNode sequence:
                var list = new JsonArray();
                foreach (YamlNode value in sequence.Children) list.Add(Node(value, depth + 1));
                return list;
            case YamlScalarNode scalar:
                return Scalar(scalar);
            default:
                throw new FormatException("a YAML alias cannot be resolved");
        }
    }

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? string.Empty;
        bool plain = scalar.Style == ScalarStyle.Plain && (scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific);
        if (!plain) return JsonValue.Create(text);
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "y" or "Y" or "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON":
                return JsonValue.Create(true);
            case "n" or "N" or "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF":
                return JsonValue.Create(false);
        }
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)) return JsonValue.Create(whole);
        bool number = char.IsAsciiDigit(text[0]) || (text.Length > 1 && text[0] is '-' or '+' or '.');
        if (number && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && double.IsFinite(real)) return JsonValue.Create(real);
        return JsonValue.Create(text);
    }
}
