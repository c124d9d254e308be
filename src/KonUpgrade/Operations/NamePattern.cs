using System.Management.Automation;

namespace KonUpgrade.Operations;

/// <summary>A name, or a pattern with wildcards, that things are chosen by.</summary>
internal sealed class NamePattern(string text)
{
    private readonly WildcardPattern _pattern = WildcardPattern.Get(text, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);

    /// <summary>The text as it was given.</summary>
    public string Text { get; } = text;

    /// <summary>Whether it may stand for any number of names, also for none.</summary>
    public bool IsWild { get; } = WildcardPattern.ContainsWildcardCharacters(text);

    /// <summary>The patterns of a parameter's value.</summary>
    public static IReadOnlyList<NamePattern> All(IReadOnlyList<string>? texts) => [.. (texts ?? []).Select(static text => new NamePattern(text))];

    /// <summary>Whether a name is meant. A name in quotes of its own, with no wildcard meant, matches itself too.</summary>
    public bool Matches(string name) => _pattern.IsMatch(name) || string.Equals(name, Text, StringComparison.OrdinalIgnoreCase);
}
