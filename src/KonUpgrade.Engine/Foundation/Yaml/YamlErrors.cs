using KonUpgrade.Model;

namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>The errors of texts that are read: each names file, line and column, and none quotes a value.</summary>
internal static class YamlErrors
{
    public static UpgradeException Syntax(string file, int line, int column, string reason, Exception? inner = null) =>
        At("YamlSyntax", file, line, column, reason, "Correct the text there.", inner);

    public static UpgradeException DuplicateKey(string file, int line, int column, string key) =>
        At("DuplicateKey", file, line, column, $"The key '{key}' is there twice in one mapping.", "Keep one of the two.");

    public static UpgradeException TooDeep(string file, int line, int column, int depth) =>
        At("YamlTooDeep", file, line, column, $"The text nests deeper than {depth} levels.", "Take nothing from this file: no manifest nests so deep.");

    public static UpgradeException TooLarge(string file, int line, string what) =>
        At("YamlTooLarge", file, line, 1, $"The text is too large: {what}.", "Split the file.");

    public static UpgradeException Explodes(string file, int line, int column, int nodes) =>
        At("YamlAliasesExplode", file, line, column, $"Aliases grow the document by more than {nodes} nodes.", "Write the values out instead of anchors and aliases.");

    public static UpgradeException Encoding(string file, int line, int column, string reason) =>
        At("WrongEncoding", file, line, column, reason, "Save the file as UTF-8.");

    public static UpgradeException Json(string file, int line, int column, string reason, Exception? inner = null) =>
        At("JsonSyntax", file, line, column, reason, "Correct the text there.", inner);

    /// <summary>An error at a place in a text.</summary>
    public static UpgradeException At(string id, string file, int line, int column, string reason, string? recommendation, Exception? inner = null) => new(
        new Failure
        {
            Id = id,
            Kind = FailureKind.ParserError,
            Message = $"{file}, line {line}, column {column}: {reason}",
            Recommendation = recommendation,
            Target = $"{file}:{line}:{column}",
        },
        inner);
}
