using System.Diagnostics.CodeAnalysis;

namespace KonUpgrade.Engine.Foundation.Texts;

/// <summary>Sentences for people.</summary>
internal static class Sentences
{
    /// <summary>One after the other; null where there is neither.</summary>
    [return: NotNullIfNotNull(nameof(first)), NotNullIfNotNull(nameof(second))]
    public static string? Join(string? first, string? second) => first is null ? second : second is null ? first : $"{first} {second}";
}
