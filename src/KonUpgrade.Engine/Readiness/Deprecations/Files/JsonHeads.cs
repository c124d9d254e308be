using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Yaml;

namespace KonUpgrade.Engine.Readiness.Deprecations.Files;

/// <summary>Reads the heads of manifests in JSON, one document after another, without making anything of what is below them.</summary>
internal static class JsonHeads
{
    /// <summary>Reads the heads of a text, those in lists one by one.</summary>
    /// <returns>False where something in the text is unusual; what was put is then worth nothing.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, List<ManifestHead> heads)
    {
        var cursor = new TextCursor(text, 1, 1);
        var items = new List<Head>();
        try
        {
            for (var at = 0; ;)
            {
                var skip = text[at..].IndexOfAnyExcept(" \t\r\n"u8);
                if (skip < 0)
                    return true;
                at += skip;
                if (text[at] != '{')
                    return false;
                var reader = new Utf8JsonReader(text[at..], new JsonReaderOptions { MaxDepth = YamlLimits.Default.MaxDepth });
                reader.Read();
                items.Clear();
                if (!TryReadObject(ref reader, at, items, out var head))
                    return false;
                if (items.Count > 0 || head.IsList)
                {
                    foreach (var item in items)
                        heads.Add((head.IsList ? item.Of(head) : item).At(cursor.Of(item.Offset).Line));
                }
                else
                {
                    heads.Add(head.At(cursor.Of(at).Line));
                }

                at += (int)reader.BytesConsumed;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool TryReadObject(ref Utf8JsonReader reader, int start, List<Head>? items, out Head head)
    {
        head = new Head { Offset = start + (int)reader.TokenStartIndex };
        var hasItems = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("apiVersion"u8))
            {
                if (!TryText(ref reader, ref head.ApiVersion))
                    return false;
            }
            else if (reader.ValueTextEquals("kind"u8))
            {
                if (!TryText(ref reader, ref head.Kind))
                    return false;
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                if (!TryMetadata(ref reader, ref head))
                    return false;
            }
            else if (items is not null && reader.ValueTextEquals("items"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.StartArray || hasItems)
                    return false;
                hasItems = true;
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                {
                    if (!TryReadObject(ref reader, start, null, out var item))
                        return false;
                    items.Add(item);
                }

                if (reader.TokenType != JsonTokenType.EndArray)
                    return false;
            }
            else
            {
                reader.Skip();
            }
        }

        head.IsList = hasItems && head.Kind?.EndsWith("List", StringComparison.Ordinal) == true;
        // Something else that has items: rare enough for the full reader.
        return !hasItems || head.IsList;
    }

    private static bool TryMetadata(ref Utf8JsonReader reader, ref Head head)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject || head.HasMetadata)
            return false;
        head.HasMetadata = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                if (!TryText(ref reader, ref head.Name))
                    return false;
            }
            else if (reader.ValueTextEquals("namespace"u8))
            {
                if (!TryText(ref reader, ref head.Namespace))
                    return false;
            }
            else
            {
                reader.Skip();
            }
        }

        return true;
    }

    private static bool TryText(ref Utf8JsonReader reader, ref string? into)
    {
        reader.Read();
        if (into is not null || reader.TokenType != JsonTokenType.String)
            return false;
        into = reader.GetString();
        return true;
    }

    private struct Head
    {
        public string? ApiVersion;
        public string? Kind;
        public string? Namespace;
        public string? Name;
        public bool HasMetadata;
        public bool IsList;
        public int Offset;

        // What a list of one kind leaves out of its items.
        public readonly Head Of(in Head list) => this with
        {
            ApiVersion = ApiVersion ?? (list.Kind == "List" ? null : list.ApiVersion),
            Kind = Kind ?? (list.Kind == "List" ? null : list.Kind![..^"List".Length]),
        };

        public readonly ManifestHead At(int line) => new(ApiVersion ?? "", Kind ?? "", Namespace is { Length: > 0 } ? Namespace : null, Name ?? "", line);
    }
}
