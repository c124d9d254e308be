using System.Globalization;

namespace KonUpgrade.Engine.Velero.Server;

/// <summary>How far two versions are apart.</summary>
internal static class VeleroSkew
{
    /// <summary>
    /// What is to be said of the Velero that took a backup and the one that is to restore it; null where nothing is. Backups of
    /// an older one are understood within a major version; what a newer one writes, an older one need not know.
    /// </summary>
    public static string? Of(string? source, string? target)
    {
        if (Parts(source) is not { } from || Parts(target) is not { } to)
            return null;
        if (to.Major != from.Major)
            return $"The backup was taken by Velero {source}, and Velero {target} is to restore it: they are of different major versions.";
        return to.Minor < from.Minor
            ? $"The backup was taken by Velero {source}, and the older {target} is to restore it, which need not understand all of it: upgrade Velero there first."
            : null;
    }

    /// <summary>Whether a cluster's version is of an older minor than that of the cluster that a backup was taken of; null where one is not known.</summary>
    public static bool? IsOlder(string? source, int major, int minor) => Parts(source) is { } from ? (major, minor).CompareTo(from) < 0 : null;

    private static (int Major, int Minor)? Parts(string? version)
    {
        if (version?.TrimStart('v').Split('.') is not [var major, var minor, ..])
            return null;
        return int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var first) && int.TryParse(minor.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var second)
            ? (first, second)
            : null;
    }
}
