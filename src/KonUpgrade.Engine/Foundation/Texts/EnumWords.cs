namespace KonUpgrade.Engine.Foundation.Texts;

/// <summary>Words of enumerations for people.</summary>
internal static class EnumWords
{
    /// <summary>The word, its parts apart: <c>Awaiting approval</c>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString()));
}
