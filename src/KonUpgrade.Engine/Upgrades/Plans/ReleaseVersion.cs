using System.Globalization;
using System.Numerics;
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

    // What stands behind the numbers, but for the build, which does not count (semver.org, 10): rc.1.
    private string PreRelease => Suffix.Split('+')[0].TrimStart('-');

    // Without a patch and a pre-release, any of that minor version is meant.
    private bool IsAny => Patch is null && PreRelease.Length == 0;

    /// <summary>Whether a version that a system tells is the one that is meant. A pre-release is not the release.</summary>
    public bool IsMetBy(ReleaseVersion told) =>
        (told.Major, told.Minor) == (Major, Minor) && (Patch is null || Patch == (told.Patch ?? 0)) && (IsAny || PreRelease == told.PreRelease);

    /// <summary>Whether it comes before another; patches count where the other names one, and a pre-release comes before its release.</summary>
    public bool IsBefore(ReleaseVersion other)
    {
        if ((Major, Minor).CompareTo((other.Major, other.Minor)) is var minor && minor != 0)
            return minor < 0;
        if (other.IsAny)
            return false;
        return (Patch ?? 0).CompareTo(other.Patch ?? 0) is var patch && patch != 0 ? patch < 0 : Compare(PreRelease, other.PreRelease) < 0;
    }

    /// <summary>Whether a version that a system tells lies behind it: to go there would be to go back.</summary>
    public bool IsPassedBy(ReleaseVersion told) => !IsMetBy(told) && IsBefore(told);

    /// <summary>With what stands before it.</summary>
    public string Release => $"{Prefix}{this}";

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}{(Patch is { } patch ? $".{patch}" : "")}{Suffix}");

    // By semver.org, 11: a release comes last; parts that are numbers are compared as such, and come before words.
    private static int Compare(string one, string other)
    {
        if (one.Length == 0 || other.Length == 0)
            return other.Length.CompareTo(one.Length);
        var (parts, others) = (one.Split('.'), other.Split('.'));
        return parts.Zip(others, Part).FirstOrDefault(order => order != 0) is var order && order != 0 ? order : parts.Length.CompareTo(others.Length);

        static int Part(string one, string other) => (IsNumber(one), IsNumber(other)) switch
        {
            (true, true) => BigInteger.Parse(one, CultureInfo.InvariantCulture).CompareTo(BigInteger.Parse(other, CultureInfo.InvariantCulture)),
            (true, false) => -1,
            (false, true) => 1,
            _ => string.CompareOrdinal(one, other),
        };

        static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
    }

    private static int? Number(Group group) => int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"^(?<prefix>(?:[A-Za-z]+-)*)v?(?<major>\d{1,9})\.(?<minor>\d{1,9})(?:\.(?<patch>\d{1,9}))?(?<suffix>[-+][0-9A-Za-z.+-]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
