using System.Globalization;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>Versions of Kubernetes as people write them: <c>1.33</c>, <c>v1.33.5</c>, or as a server tells it.</summary>
public static class TargetVersion
{
    /// <summary>Reads a version.</summary>
    /// <returns>Null where the text is none of Kubernetes 1.</returns>
    public static ServerVersion? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.TrimStart('v').Split('.', '-', '+');
        return parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major == 1
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            ? new ServerVersion(major, minor, text)
            : null;
    }

    /// <summary>Reads a version.</summary>
    /// <exception cref="UpgradeException">InvalidTargetVersion.</exception>
    public static ServerVersion Parse(string text) => TryParse(text) ?? throw new UpgradeException(new Failure
    {
        Id = "InvalidTargetVersion",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{text}' is no version of Kubernetes.",
        Recommendation = "Write it as 1.33.",
        Target = text,
    });

    /// <summary>What messages call a version: <c>Kubernetes 1.33</c>.</summary>
    public static string NameOf(ServerVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return $"Kubernetes {version.Major}.{version.Minor}";
    }
}
