namespace KonUpgrade.Sandbox.Api;

/// <summary>The order of API versions: general availability before beta before alpha, then the higher number.</summary>
internal sealed class VersionOrder : IComparer<string>
{
    public static VersionOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        (int major, int stability, int minor)? left = Read(x), right = Read(y);
        if (left is null || right is null)
        {
            // What does not look like a version comes after what does, by the alphabet.
            if (left is null && right is null) return string.CompareOrdinal(x, y);
            return left is null ? 1 : -1;
        }
        int order = right.Value.stability.CompareTo(left.Value.stability);
        if (order == 0) order = right.Value.major.CompareTo(left.Value.major);
        return order != 0 ? order : right.Value.minor.CompareTo(left.Value.minor);
    }

    private static (int Major, int Stability, int Minor)? Read(string? text)
    {
        if (text is null || text.Length < 2 || text[0] != 'v') return null;
        int at = 1;
        if (Number(text, ref at) is not { } major) return null;
        if (at == text.Length) return (major, 2, 0);
        int stability = -1;
        if (text.AsSpan(at).StartsWith("beta")) (stability, at) = (1, at + 4);
        else if (text.AsSpan(at).StartsWith("alpha")) (stability, at) = (0, at + 5);
        if (stability < 0 || Number(text, ref at) is not { } minor || at != text.Length) return null;
        return (major, stability, minor);
    }

    private static int? Number(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return at > start && at - start < 9 ? int.Parse(text.AsSpan(start, at - start), System.Globalization.CultureInfo.InvariantCulture) : null;
    }
}
