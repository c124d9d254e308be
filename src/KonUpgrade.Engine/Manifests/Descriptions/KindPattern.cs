namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>Kinds as a system's description names them: <c>Secret</c>, <c>App.k11n.dev</c>, <c>*.k11n.dev</c>.</summary>
public static class KindPattern
{
    /// <summary>Whether one of the patterns means a kind. A name without a group means Kubernetes' own groups; <c>*</c> alone is every kind.</summary>
    public static bool Matches(IReadOnlyList<string> patterns, string group, string kind)
    {
        foreach (var pattern in patterns)
        {
            if (Matches(pattern, group, kind))
                return true;
        }
        return false;
    }

    /// <summary>Whether every kind that the second pattern means is meant by the first one too.</summary>
    public static bool Covers(string pattern, string other)
    {
        if (pattern == other || pattern == "*")
            return true;
        var dot = other.IndexOf('.', StringComparison.Ordinal);
        return dot >= 0 && pattern.StartsWith("*.", StringComparison.Ordinal) && other.AsSpan(dot + 1).SequenceEqual(pattern.AsSpan(2));
    }

    /// <summary>Whether a text is a kind by itself, with its group or without.</summary>
    public static bool IsKind(string text)
    {
        var parts = text.Split('.');
        return parts[0].Length > 0 && char.IsAsciiLetter(parts[0][0]) && parts[0].All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            && parts.Skip(1).All(label => label.Length > 0 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));
    }

    private static bool Matches(string pattern, string group, string kind)
    {
        var dot = pattern.IndexOf('.', StringComparison.Ordinal);
        var wantedKind = dot < 0 ? pattern : pattern[..dot];
        if (wantedKind != "*" && wantedKind != kind)
            return false;
        return dot < 0 ? pattern == "*" || BuiltInGroups.Contains(group) : pattern.AsSpan(dot + 1).SequenceEqual(group);
    }
}
