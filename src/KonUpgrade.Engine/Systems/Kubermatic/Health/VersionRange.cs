using System.Globalization;
using System.Text.RegularExpressions;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>
/// A range of versions as the update rules of a KubermaticConfiguration have it: <c>1.32.*</c>, <c>&gt;= 1.31.0, &lt; 1.33</c>,
/// <c>~1.33.2</c>, several with <c>||</c> between them.
/// </summary>
internal sealed partial class VersionRange
{
    private readonly List<List<(KubermaticVersion From, KubermaticVersion Before, bool Inside)>> _any = [];

    private VersionRange()
    {
    }

    /// <summary>Reads one.</summary>
    /// <returns>Null where it is none that is known here.</returns>
    public static VersionRange? Parse(string? text)
    {
        var range = new VersionRange();
        foreach (var alternative in (text ?? "").Split("||"))
        {
            var parts = Part().Matches(alternative);
            // What is left beside the parts is something else.
            if (parts.Count == 0 || Part().Replace(alternative, "").Trim(' ', ',').Length > 0)
                return null;
            var all = new List<(KubermaticVersion, KubermaticVersion, bool)>();
            foreach (Match part in parts)
            {
                if (Bounds(part.Groups["op"].Value, part.Groups["version"].Value) is not { } bounds)
                    return null;
                all.Add(bounds);
            }
            range._any.Add(all);
        }
        return range;
    }

    /// <summary>Whether a version is in it.</summary>
    public bool Contains(KubermaticVersion version) =>
        _any.Exists(all => all.TrueForAll(part => (version.CompareTo(part.From) >= 0 && version.CompareTo(part.Before) < 0) == part.Inside));

    private static (KubermaticVersion From, KubermaticVersion Before, bool Inside)? Bounds(string op, string version)
    {
        var words = version.TrimStart('v').Split('.');
        var numbers = new List<int>();
        foreach (var word in words.TakeWhile(word => word is not ("*" or "x" or "X")))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return null;
            numbers.Add(number);
        }
        var most = new KubermaticVersion(int.MaxValue, 0, 0);
        var first = new KubermaticVersion(numbers.ElementAtOrDefault(0), numbers.ElementAtOrDefault(1), numbers.ElementAtOrDefault(2));
        // What the words leave open is any.
        var next = numbers.Count switch
        {
            0 => most,
            1 => new KubermaticVersion(first.Major + 1, 0, 0),
            2 => new KubermaticVersion(first.Major, first.Minor + 1, 0),
            _ => first with { Patch = first.Patch + 1 },
        };
        return op switch
        {
            "" or "=" => (first, next, true),
            "!=" => (first, next, false),
            ">=" or "=>" => (first, most, true),
            ">" => (next, most, true),
            "<" => (default, first, true),
            "<=" or "=<" => (default, next, true),
            "~" => (first, numbers.Count < 2 ? next : new KubermaticVersion(first.Major, first.Minor + 1, 0), true),
            "^" => (first, first.Major > 0 || numbers.Count < 2 ? new KubermaticVersion(first.Major + 1, 0, 0) : new KubermaticVersion(0, first.Minor + 1, 0), true),
            _ => null,
        };
    }

    [GeneratedRegex(@"(?<op>[<>=!~^]*)\s*(?<version>v?(?:\d+|\*|[xX])(?:\.(?:\d+|\*|[xX])){0,2})", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
