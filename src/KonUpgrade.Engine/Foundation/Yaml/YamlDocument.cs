namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>One document of a YAML or JSON text.</summary>
/// <param name="Json">The document as UTF-8 JSON.</param>
/// <param name="Line">The line that it begins on, counted from 1.</param>
/// <param name="Column">The column that it begins on, counted from 1.</param>
public sealed record YamlDocument(ReadOnlyMemory<byte> Json, int Line, int Column = 1)
{
    /// <summary>
    /// Where the elements of the list <c>items</c> begin, as lists of objects have one; null where there is none, and where
    /// the document is as it was written, so that its own text tells.
    /// </summary>
    internal IReadOnlyList<(int Line, int Column)>? Items { get; init; }
}
