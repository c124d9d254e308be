using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace KonUpgrade.Engine.ApiVersions.Schemas;

/// <summary>
/// The patterns of schemas, which are RE2 as Go has it. What .NET reads in another way is left to the server; the rest is
/// matched without backtracking, in time that grows with the text alone, as RE2 does.
/// </summary>
internal sealed class SchemaPattern
{
    // Character classes by name, Go's names for groups, quoted runs, properties without braces, code points in braces.
    private static readonly string[] s_other = ["[:", "(?P", "\\Q", "\\x{", "\\C", "(?U", "(?s-", "(?i-"];

    private readonly ConcurrentDictionary<string, Regex?> _read = new(StringComparer.Ordinal);

    /// <summary>Whether a text matches anywhere; null where only a server can tell.</summary>
    public bool? Matches(string pattern, string text) => _read.GetOrAdd(pattern, Read)?.IsMatch(text);

    private static Regex? Read(string pattern)
    {
        if (s_other.Any(o => pattern.Contains(o, StringComparison.Ordinal)) || HasBareProperty(pattern))
            return null;
        try
        {
            return new Regex(EndsAtEnd(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static bool HasBareProperty(string pattern)
    {
        for (var i = 0; i + 2 < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && pattern[i + 1] is 'p' or 'P' && pattern[i + 2] != '{')
                return true;
            if (pattern[i] == '\\')
                i++;
        }
        return false;
    }

    // A dollar sign is the text's very end there, and here also what is before a last line feed.
    private static string EndsAtEnd(string pattern)
    {
        var result = new System.Text.StringBuilder(pattern.Length + 4);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                // Digits, words and spaces are those of ASCII there.
                result.Append(inClass ? pattern.AsSpan(i, 2) : pattern[i + 1] switch { 'd' => "[0-9]", 'D' => "[^0-9]", 'w' => "[0-9A-Za-z_]", 'W' => "[^0-9A-Za-z_]", _ => pattern.AsSpan(i, 2) });
                i++;
                continue;
            }
            if (c == '[')
                inClass = true;
            else if (c == ']')
                inClass = false;
            result.Append(c == '$' && !inClass ? "\\z" : c.ToString());
        }
        return result.ToString();
    }
}
