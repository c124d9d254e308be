using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Yaml;

namespace KonUpgrade.Engine.Readiness.Deprecations.Files;

/// <summary>
/// Reads what the objects of a text say of themselves: several documents, lists, YAML or JSON. The common ways to write
/// manifests are read fast; all others, and what is wrong, by the reader that everything else uses.
/// </summary>
internal static class ManifestHeads
{
    /// <summary>Reads the heads of a text.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="file">What errors call the text.</param>
    /// <param name="heads">Where they are put.</param>
    /// <exception cref="KonUpgrade.Model.UpgradeException">What <see cref="YamlReader"/> says of the text.</exception>
    public static void Read(ReadOnlyMemory<byte> text, string file, List<ManifestHead> heads)
    {
        var before = heads.Count;
        if (JsonTexts.Looks(text.Span) ? JsonHeads.TryRead(text.Span, heads) : HeadScanner.TryRead(text.Span, heads))
            return;
        heads.RemoveRange(before, heads.Count - before);
        ReadFully(text, file, heads);
    }

    /// <summary>Reads the heads of any text by the full reader.</summary>
    /// <inheritdoc cref="Read"/>
    public static void ReadFully(ReadOnlyMemory<byte> text, string file, List<ManifestHead> heads)
    {
        foreach (var document in YamlReader.Read(text, file))
        {
            using var json = JsonIndex.Parse(document.Json);
            Add(json.Root, document, heads);
        }
    }

    private static void Add(JsonPart root, YamlDocument document, List<ManifestHead> heads)
    {
        var items = root.Member("items"u8);
        if (items.ValueKind != JsonValueKind.Array || root.Member("kind"u8).Text() is not { } kind || !kind.EndsWith("List", StringComparison.Ordinal))
        {
            heads.Add(Head(root, document.Line));
            return;
        }

        var isTyped = kind != "List";
        var apiVersion = root.Member("apiVersion"u8).Text() ?? "";
        var cursor = new TextCursor(document.Json.Span, document.Line, document.Column);
        var number = 0;
        foreach (var item in items.EnumerateArray())
        {
            var line = document.Items is { } places ? places[number++].Line : cursor.Of(item.Offset).Line;
            var head = Head(item, line);
            // What a list of one kind leaves out of its items.
            heads.Add(isTyped
                ? head with { ApiVersion = head.ApiVersion.Length > 0 ? head.ApiVersion : apiVersion, Kind = head.Kind.Length > 0 ? head.Kind : kind[..^"List".Length] }
                : head);
        }
    }

    private static ManifestHead Head(JsonPart root, int line)
    {
        var metadata = root.Member("metadata"u8);
        return new ManifestHead(
            root.Member("apiVersion"u8).Text() ?? "",
            root.Member("kind"u8).Text() ?? "",
            metadata.Member("namespace"u8).Text() is { Length: > 0 } ns ? ns : null,
            metadata.Member("name"u8).Text() ?? "",
            line);
    }
}
