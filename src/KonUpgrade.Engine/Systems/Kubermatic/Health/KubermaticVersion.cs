using System.Globalization;
using System.Text.RegularExpressions;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>A version of Kubermatic, or of the Kubernetes of a user cluster: <c>v2.31.0</c>, <c>1.34.4</c>.</summary>
/// <param name="Major">The first number.</param>
/// <param name="Minor">The second number.</param>
/// <param name="Patch">The third number.</param>
internal readonly partial record struct KubermaticVersion(int Major, int Minor, int Patch) : IComparable<KubermaticVersion>
{
    /// <summary>Reads one. What follows the numbers (<c>-rc.1</c>, <c>+abc</c>) is left out.</summary>
    /// <returns>Null where it is none.</returns>
    public static KubermaticVersion? Parse(string? text)
    {
        if (text is null || Form().Match(text.Trim()) is not { Success: true } match)
            return null;
        return Number(match.Groups[1]) is { } major && Number(match.Groups[2]) is { } minor && Number(match.Groups[3]) is { } patch ? new(major, minor, patch) : null;
    }

    /// <inheritdoc/>
    public int CompareTo(KubermaticVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");

    private static int? Number(Group group) => group.Success ? int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null : 0;

    [GeneratedRegex(@"^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+].*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
