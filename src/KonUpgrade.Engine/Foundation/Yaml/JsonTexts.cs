using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>Reads a text of one or several JSON documents without changing a byte of them.</summary>
internal static class JsonTexts
{
    /// <summary>What is wrong with a text; <see cref="Fatal"/> where reading it as YAML would not help.</summary>
    internal readonly record struct Error(string Id, string Reason, int Line, int Column, bool Fatal, int? TooDeep = null)
    {
        public UpgradeException ToException(string file) => TooDeep is { } depth
            ? YamlErrors.TooDeep(file, Line, Column, depth)
            : YamlErrors.At(Id, file, Line, Column, Reason, "Correct the text there.");
    }

    /// <summary>Whether the text begins as a JSON object or array does.</summary>
    public static bool Looks(ReadOnlySpan<byte> text)
    {
        var start = text.IndexOfAnyExcept(" \t\r\n"u8);
        return start >= 0 && text[start] is (byte)'{' or (byte)'[';
    }

    /// <summary>Reads the documents, or tells why it can't.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> text, YamlLimits limits, out IReadOnlyList<YamlDocument> documents, out Error error)
    {
        var result = new List<YamlDocument>();
        documents = result;
        error = default;
        var at = 0;
        while (true)
        {
            var skip = text.Span[at..].IndexOfAnyExcept(" \t\r\n"u8);
            if (skip < 0)
                return true;
            at += skip;
            var reader = new Utf8JsonReader(text.Span[at..], new JsonReaderOptions { MaxDepth = limits.MaxDepth });
            if (!TryReadOne(ref reader, text.Span, at, out error))
                return false;
            var (line, column) = TextPlace.Of(text.Span, at);
            result.Add(new YamlDocument(text.Slice(at, (int)reader.BytesConsumed), line, column));
            at += (int)reader.BytesConsumed;
        }
    }

    private static bool TryReadOne(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, int start, out Error error)
    {
        var keys = new Stack<HashSet<string>>();
        error = default;
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject:
                        keys.Push(new HashSet<string>(StringComparer.Ordinal));
                        break;
                    case JsonTokenType.EndObject:
                        keys.Pop();
                        break;
                    case JsonTokenType.PropertyName when !keys.Peek().Add(reader.GetString()!):
                        var (line, column) = TextPlace.Of(text, start + (int)reader.TokenStartIndex);
                        error = new Error("DuplicateKey", $"The key '{reader.GetString()}' is there twice in one object.", line, column, Fatal: true);
                        return false;
                }

                if (reader.CurrentDepth == 0 && reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray && reader.CurrentDepth == 0)
                    return true;
            }
        }
        catch (JsonException exception)
        {
            var line = TextPlace.Of(text, start).Line + (int)(exception.LineNumber ?? 0);
            // Until the next token is read, the depth is that of the bracket before and not of what is in it.
            var depth = reader.CurrentDepth + (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject ? 1 : 0);
            var next = start + (int)reader.BytesConsumed;
            var tooDeep = depth >= reader.CurrentState.Options.MaxDepth && next < text.Length && text[next] is (byte)'[' or (byte)'{';
            error = tooDeep
                ? new Error("YamlTooDeep", "", line, (int)(exception.BytePositionInLine ?? 0) + 1, Fatal: true, reader.CurrentState.Options.MaxDepth)
                : new Error("JsonSyntax", "The text is not valid JSON from here on.", line, (int)(exception.BytePositionInLine ?? 0) + 1, Fatal: false);
            return false;
        }
        catch (InvalidOperationException)
        {
            // A key with half of a surrogate pair.
            var (line, column) = TextPlace.Of(text, start + (int)reader.TokenStartIndex);
            error = new Error("JsonSyntax", "The key is not valid Unicode text.", line, column, Fatal: true);
            return false;
        }

        return true;
    }
}
