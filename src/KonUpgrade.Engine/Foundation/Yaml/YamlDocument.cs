namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>One document of a YAML or JSON text.</summary>
/// <param name="Json">The document as UTF-8 JSON.</param>
/// <param name="Line">The line that it begins on, counted from 1.</param>
public sealed record YamlDocument(ReadOnlyMemory<byte> Json, int Line);
