using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>Writes a YAML tree as JSON; what aliases and merges stand for is counted while it is put in.</summary>
internal sealed class YamlToJson
{
    private readonly Utf8JsonWriter _writer;
    private readonly string _file;
    private readonly YamlLimits _limits;
    private readonly HashSet<YamlNode> _written = new(ReferenceEqualityComparer.Instance);
    private int _again;

    private YamlToJson(Utf8JsonWriter writer, string file, YamlLimits limits)
    {
        _writer = writer;
        _file = file;
        _limits = limits;
    }

    /// <summary>Writes one document.</summary>
    public static void Write(YamlNode root, IBufferWriter<byte> output, string file, YamlLimits limits)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            SkipValidation = true,
        });
        new YamlToJson(writer, file, limits).Value(root, 0, inAlias: false);
    }

    private void Value(YamlNode node, int depth, bool inAlias)
    {
        inAlias |= !_written.Add(node);
        if (inAlias && ++_again > _limits.MaxAliasedNodes)
            throw YamlErrors.Explodes(_file, node.Line, node.Column, _limits.MaxAliasedNodes);
        if (depth > _limits.MaxDepth)
            throw YamlErrors.TooDeep(_file, node.Line, node.Column, _limits.MaxDepth);
        switch (node)
        {
            case YamlScalar { Kind: YamlScalarKind.String } scalar:
                _writer.WriteStringValue(scalar.Text);
                break;
            case YamlScalar { Kind: YamlScalarKind.Null }:
                _writer.WriteNullValue();
                break;
            case YamlScalar scalar:
                _writer.WriteRawValue(scalar.Text, skipInputValidation: true);
                break;
            case YamlSequence sequence:
                _writer.WriteStartArray();
                foreach (var item in sequence.Items)
                    Value(item, depth + 1, inAlias);
                _writer.WriteEndArray();
                break;
            case YamlMapping mapping:
                _writer.WriteStartObject();
                foreach (var entry in mapping.Entries)
                {
                    _writer.WritePropertyName(entry.Key);
                    Value(entry.Value, depth + 1, inAlias);
                }

                _writer.WriteEndObject();
                break;
        }
    }
}
