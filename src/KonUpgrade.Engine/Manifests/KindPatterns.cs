namespace KonUpgrade.Engine.Manifests;

/// <summary>
/// Kinds as a description names them: <c>Secret</c> for one of Kubernetes' own groups, <c>App.k11n.dev</c> for one of
/// another, with <c>*</c> in either part; <c>*</c> alone is every kind.
/// </summary>
public static class KindPatterns
{
    /// <summary>Whether one of the patterns fits a kind.</summary>
    public static bool Any(IReadOnlyList<string> patterns, string group, string kind)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            if (Matches(patterns[i], group, kind))
                return true;
        }

        return false;
    }

    /// <summary>Whether the pattern fits a kind.</summary>
    public static bool Matches(string pattern, string group, string kind)
    {
        if (pattern == "*")
            return true;
        var dot = pattern.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
            return BuiltInGroups.Contains(group) && Glob.Matches(pattern, kind);
        return Glob.Matches(pattern.AsSpan(0, dot), kind) && Glob.Matches(pattern.AsSpan(dot + 1), group);
    }
}
