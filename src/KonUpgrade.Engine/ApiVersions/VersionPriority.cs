using System.Globalization;

namespace KonUpgrade.Engine.ApiVersions;

/// <summary>
/// The order in which a server offers the versions of a CustomResourceDefinition: stable before beta before alpha, the
/// higher number first, and words of another make last, by the alphabet. The source: Kubernetes' own page on versions in
/// CustomResourceDefinitions.
/// </summary>
public sealed class VersionPriority : IComparer<string>
{
    /// <summary>The order.</summary>
    public static VersionPriority Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var (a, b) = (Parse(x ?? ""), Parse(y ?? ""));
        if (a is null || b is null)
            return a is null ? b is null ? string.CompareOrdinal(x, y) : 1 : -1;
        return b.Value.CompareTo(a.Value);
    }

    // v2, v2beta1, v1alpha3: how stable, then the numbers.
    private static (int Stability, long Major, long Minor)? Parse(string version)
    {
        if (version.Length < 2 || version[0] != 'v')
            return null;
        var rest = version.AsSpan(1);
        var end = rest.IndexOfAnyExceptInRange('0', '9');
        if (end < 0)
            return Number(rest) is { } only ? (2, only, 0) : null;
        if (Number(rest[..end]) is not { } major)
            return null;
        rest = rest[end..];
        var stability = rest.StartsWith("beta", StringComparison.Ordinal) ? 1 : rest.StartsWith("alpha", StringComparison.Ordinal) ? 0 : -1;
        return stability >= 0 && Number(rest[(stability == 1 ? 4 : 5)..]) is { } minor ? (stability, major, minor) : null;
    }

    private static long? Number(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
