using System.Management.Automation;

namespace KonUpgrade.Operations;

/// <summary>A name, or a pattern with wildcards, that things are chosen by. What is no valid pattern (<c>a[b</c>) is a name.</summary>
internal sealed class NamePattern
{
    private readonly WildcardPattern? _pattern;

    /// <summary>Reads a name or a pattern.</summary>
    public NamePattern(string text)
    {
        Text = text;
        _pattern = WildcardPattern.ContainsWildcardCharacters(text) ? Read(text) : null;
    }

    /// <summary>The text as it was given.</summary>
    public string Text { get; }

    /// <summary>Whether it may stand for any number of names, also for none.</summary>
    public bool IsWild => _pattern is not null;

    /// <summary>The patterns of a parameter's value.</summary>
    public static IReadOnlyList<NamePattern> All(IReadOnlyList<string>? texts) => [.. (texts ?? []).Select(static text => new NamePattern(text))];

    /// <summary>Whether a name is meant. A name in quotes of its own, with no wildcard meant, matches itself too.</summary>
    public bool Matches(string name) => string.Equals(name, Text, StringComparison.OrdinalIgnoreCase) || _pattern?.IsMatch(name) == true;

    private static WildcardPattern? Read(string text)
    {
        var pattern = WildcardPattern.Get(text, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        try
        {
            // It is read at its first use, and only then says that it makes no sense.
            pattern.IsMatch("");
            return pattern;
        }
        catch (WildcardPatternException)
        {
            return null;
        }
    }
}
