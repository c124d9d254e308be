using System.Text;
using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>Small JSON trees as YAML, keys in their own order, for files that people read and edit.</summary>
internal static class YamlFromJson
{
    /// <summary>The tree as a YAML document.</summary>
    public static byte[] Write(JsonObject root)
    {
        var yaml = new YamlWriter();
        Write(root, yaml);
        return yaml.Written.ToArray();
    }

    private static void Write(JsonNode? node, YamlWriter yaml)
    {
        switch (node)
        {
            case JsonObject mapping:
                yaml.StartMapping();
                foreach (var (key, value) in mapping)
                {
                    yaml.Key(Encoding.UTF8.GetBytes(key));
                    Write(value, yaml);
                }

                yaml.EndMapping();
                break;
            case JsonArray list:
                yaml.StartSequence();
                foreach (var item in list)
                    Write(item, yaml);
                yaml.EndSequence();
                break;
            case JsonValue value when value.TryGetValue<string>(out var text):
                yaml.String(Encoding.UTF8.GetBytes(text));
                break;
            default:
                yaml.Raw(Encoding.UTF8.GetBytes(node?.ToJsonString() ?? "null"));
                break;
        }
    }
}
