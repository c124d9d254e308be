using System.Buffers;
using System.Text;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>
/// Reads YAML and JSON texts into UTF-8 JSON documents, as kubectl would, within limits. Whatever is wrong with a text
/// comes out as an <see cref="KonUpgrade.Model.UpgradeException"/> of kind ParserError with file, line and column.
/// It differs from kubectl in two ways, on purpose: a key that is there twice is refused, and numbers keep their digits.
/// </summary>
public static class YamlReader
{
    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    /// <summary>Reads a text; empty documents are left out.</summary>
    /// <param name="text">UTF-8, with or without its byte order mark.</param>
    /// <param name="file">What errors call the text.</param>
    /// <param name="limits">What to refuse; null for <see cref="YamlLimits.Default"/>.</param>
    /// <exception cref="KonUpgrade.Model.UpgradeException">
    /// YamlSyntax, JsonSyntax, DuplicateKey, YamlTooDeep, YamlTooLarge, YamlAliasesExplode or WrongEncoding.
    /// </exception>
    public static IReadOnlyList<YamlDocument> Read(ReadOnlyMemory<byte> text, string file, YamlLimits? limits = null)
    {
        limits ??= YamlLimits.Default;
        text = Checked(text, file, limits);
        if (JsonTexts.Looks(text.Span))
        {
            if (JsonTexts.TryRead(text, limits, out var documents, out var error))
                return documents;
            if (error.Fatal || file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                throw error.ToException(file);
        }

        var result = new List<YamlDocument>();
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var (root, line) in YamlTree.Read(Encoding.UTF8.GetString(text.Span), file, limits))
        {
            buffer.ResetWrittenCount();
            YamlToJson.Write(root, buffer, file, limits);
            var items = (root as YamlMapping)?.Find("items") as YamlSequence;
            result.Add(new YamlDocument(buffer.WrittenSpan.ToArray(), line, root.Column) { Items = items?.Items.ConvertAll(item => (item.Line, item.Column)) });
        }

        return result;
    }

    /// <summary>Reads a text into trees that know their places, for what is checked field by field.</summary>
    internal static IReadOnlyList<YamlNode> ReadNodes(ReadOnlyMemory<byte> text, string file, YamlLimits? limits = null)
    {
        limits ??= YamlLimits.Default;
        return YamlTree.Read(Encoding.UTF8.GetString(Checked(text, file, limits).Span), file, limits, keysAsWritten: true).ConvertAll(document => document.Root);
    }

    private static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> text, string file, YamlLimits limits)
    {
        var bytes = text.Span;
        if (bytes.Length > limits.MaxBytes)
            throw YamlErrors.TooLarge(file, 1, $"{bytes.Length} bytes, where {limits.MaxBytes} are taken");
        if (bytes.StartsWith<byte>([0xEF, 0xBB, 0xBF]))
            return Checked(text[3..], file, limits);
        if (bytes.StartsWith<byte>([0xFF, 0xFE]) || bytes.StartsWith<byte>([0xFE, 0xFF]) || bytes.StartsWith<byte>([0, 0, 0xFE, 0xFF])
            || (bytes.Length > 1 && (bytes[0] == 0) != (bytes[1] == 0)))
        {
            throw YamlErrors.Encoding(file, 1, 1, "The text is UTF-16 or UTF-32, not UTF-8.");
        }

        var invalid = FirstInvalid(bytes);
        if (invalid >= 0)
        {
            var (line, column) = TextPlace.Of(bytes, invalid);
            throw YamlErrors.Encoding(file, line, column, "The text is not UTF-8.");
        }

        var control = bytes.IndexOfAny(Controls);
        if (control >= 0)
        {
            var (line, column) = TextPlace.Of(bytes, control);
            throw YamlErrors.Syntax(file, line, column, $"There is a control character, U+{bytes[control]:X4}, which YAML and JSON want escaped.");
        }

        return text;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
            return -1;
        for (var at = 0; at < bytes.Length;)
        {
            if (Rune.DecodeFromUtf8(bytes[at..], out _, out var consumed) != OperationStatus.Done)
                return at;
            at += consumed;
        }

        return bytes.Length;
    }
}
