namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>Texts as a system's description names them: exactly, or with <c>*</c> for any number of characters.</summary>
public static class TextPattern
{
    /// <summary>Whether one of the patterns fits a text.</summary>
    public static bool Matches(IReadOnlyList<string> patterns, string text)
    {
        foreach (var pattern in patterns)
        {
            if (Matches(pattern, text))
                return true;
        }
        return false;
    }

    /// <summary>Whether a pattern fits a text.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
            return pattern.SequenceEqual(text);
        if (!text.StartsWith(pattern[..star], StringComparison.Ordinal))
            return false;
        var rest = pattern[(star + 1)..];
        text = text[star..];
        if (rest.IsEmpty)
            return true;
        for (var i = 0; i <= text.Length; i++)
        {
            if (Matches(rest, text[i..]))
                return true;
        }
        return false;
    }
}
