using System.Globalization;
using System.Text;

namespace KonUpgrade.Engine.Traffic;

/// <summary>Host names as people write them and as Route 53 does.</summary>
internal static class HostNames
{
    private const string AliasPrefix = "dualstack.";

    /// <summary>A name in small letters, without a dot at its end, in ASCII; null where it can be none.</summary>
    public static string? Normal(string text)
    {
        var name = text.Trim().TrimEnd('.').ToLowerInvariant();
        if (name.Any(static letter => letter > 127))
        {
            try
            {
                name = new IdnMapping().GetAscii(name);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }
        var labels = name.Split('.');
        var isName = name.Length is > 0 and <= 253 && labels.Length > 1 && labels.Select((label, at) => (label, at)).All(static part =>
            part.label is { Length: > 0 and <= 63 } && ((part.at == 0 && part.label == "*") || part.label.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')));
        return isName ? name : null;
    }

    /// <summary>A name of a zone as people write it: octal escapes undone, no dot at the end.</summary>
    public static string Plain(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var at = 0; at < name.Length; at++)
        {
            if (name[at] == '\\' && at + 3 < name.Length && name.AsSpan(at + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                text.Append((char)Convert.ToInt32(name.Substring(at + 1, 3), 8));
                at += 3;
            }
            else
            {
                text.Append(name[at]);
            }
        }
        return text.ToString().TrimEnd('.').ToLowerInvariant();
    }

    /// <summary>A name as the service has it.</summary>
    public static string InZone(string name) => $"{name.Replace("*", "\\052", StringComparison.Ordinal)}.";

    /// <summary>Where a record leads, comparable: the prefix that the console puts before load balancers' names is none of the name.</summary>
    public static string Target(string name)
    {
        var plain = Plain(name);
        return plain.StartsWith(AliasPrefix, StringComparison.Ordinal) ? plain[AliasPrefix.Length..] : plain;
    }

    /// <summary>A target written as another one was: with the console's prefix, or a dot at the end.</summary>
    public static string Like(string before, string target) =>
        $"{(before.StartsWith(AliasPrefix, StringComparison.OrdinalIgnoreCase) ? AliasPrefix : "")}{target}{(before.EndsWith('.') ? "." : "")}";

    /// <summary>The name and what is left of it label by label: the names that its zone may have, the longest first.</summary>
    public static IEnumerable<string> Suffixes(string name)
    {
        var rest = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
        while (rest.Contains('.', StringComparison.Ordinal))
        {
            yield return rest;
            rest = rest[(rest.IndexOf('.', StringComparison.Ordinal) + 1)..];
        }
    }

    /// <summary>Whether a host of a rule stands for a name: itself, or a wildcard for one label.</summary>
    public static bool Covers(string rule, string name) => rule == name
        || (rule.StartsWith("*.", StringComparison.Ordinal) && name.EndsWith(rule[1..], StringComparison.Ordinal) && name.IndexOf('.', StringComparison.Ordinal) == name.Length - rule.Length + 1);
}
