using System.Globalization;
using System.Text.RegularExpressions;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>A version of a system as people name it: <c>2.31</c> for any patch of that, <c>v2.31.2</c>, or with words before it as releases are called (<c>ee-v2.31.2</c>).</summary>
/// <param name="Prefix">What stands before the numbers, but for a <c>v</c>; empty for nothing.</param>
/// <param name="Major">The first number.</param>
/// <param name="Minor">The second.</param>
/// <param name="Patch">The third; null where any is meant.</param>
/// <param name="Suffix">What stands behind the numbers: <c>-rc.1</c>; empty for nothing.</param>
internal sealed partial record ReleaseVersion(string Prefix, int Major, int Minor, int? Patch, string Suffix)
{
    /// <summary>Reads one.</summary>
    /// <returns>Null where it is none.</returns>
    public static ReleaseVersion? Parse(string? text)
    {
        if (text is null || Form().Match(text.Trim()) is not { Success: true } match)
            return null;
        return Number(match.Groups["major"]) is { } major && Number(match.Groups["minor"]) is { } minor
            ? new ReleaseVersion(match.Groups["prefix"].Value, major, minor, match.Groups["patch"].Success ? Number(match.Groups["patch"]) : null, match.Groups["suffix"].Value)
            : null;
    }

    /// <summary>Whether a version that a system tells is the one that is meant.</summary>
    public bool IsMetBy(ReleaseVersion told) =>
        (told.Major, told.Minor) == (Major, Minor) && (Patch is null || Patch == (told.Patch ?? 0)) && (Suffix.Length == 0 || Suffix == told.Suffix);

    /// <summary>Whether it comes before another; patches count where both name them.</summary>
    public bool IsBefore(ReleaseVersion other) =>
        (Major, Minor).CompareTo((other.Major, other.Minor)) is var minor && minor != 0 ? minor < 0 : other.Patch is { } patch && (Patch ?? 0) < patch;

    /// <summary>With what stands before it.</summary>
    public string Release => $"{Prefix}{this}";

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}{(Patch is { } patch ? $".{patch}" : "")}{Suffix}");

    private static int? Number(Group group) => int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"^(?<prefix>(?:[A-Za-z]+-)*)v?(?<major>\d{1,9})\.(?<minor>\d{1,9})(?:\.(?<patch>\d{1,9}))?(?<suffix>[-+][0-9A-Za-z.+-]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
