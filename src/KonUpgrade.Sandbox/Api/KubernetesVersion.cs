using System.Globalization;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Api;

/// <summary>The version that a simulated cluster pretends to be: 1.21 to 1.34, with any patch and vendor's tail.</summary>
/// <param name="Minor">21 to 34.</param>
/// <param name="GitVersion">As <c>/version</c> tells it, such as <c>v1.32.0</c> or <c>v1.32.5-eks-5d4a308</c>.</param>
internal sealed record KubernetesVersion(int Minor, string GitVersion)
{
    public const int Oldest = 21;
    public const int Newest = 34;

    /// <summary>Reads <c>1.32</c>, <c>v1.32.5</c> or <c>1.32.5-eks-5d4a308</c>.</summary>
    /// <exception cref="FormatException">It is not a version, or none that the sandbox simulates.</exception>
    public static KubernetesVersion Parse(string text)
    {
        string bare = text.StartsWith('v') ? text[1..] : text;
        string[] parts = bare.Split('.', 3);
        if (parts.Length < 2 || parts[0] != "1" || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor))
            throw new FormatException($"'{text}' is not a Kubernetes version; write it as 1.32 or 1.32.5.");
        if (minor is < Oldest or > Newest)
            throw new FormatException($"Kubernetes 1.{minor} is not simulated; the sandbox knows 1.{Oldest} to 1.{Newest}.");
        string patch = parts.Length == 3 ? parts[2] : "0";
        if (patch.Length == 0 || !char.IsAsciiDigit(patch[0]) || patch.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '+' or '.')))
            throw new FormatException($"'{text}' is not a Kubernetes version; write it as 1.32 or 1.32.5.");
        return new(minor, $"v1.{minor}.{patch}");
    }

    /// <summary>The body of <c>/version</c>. A vendor's build shows itself by the plus sign, as on EKS.</summary>
    public JsonObject ToJson()
    {
        JsonObject version = Bare();
        if (Minor < 33) return version;
        // Servers that can emulate their predecessor say what they emulate.
        version["emulationMajor"] = "1";
        version["minCompatibilityMajor"] = "1";
        version["emulationMinor"] = Minor.ToString(CultureInfo.InvariantCulture);
        version["minCompatibilityMinor"] = (Minor - 1).ToString(CultureInfo.InvariantCulture);
        return version;
    }

    private JsonObject Bare() => new()
    {
        ["major"] = "1",
        ["minor"] = GitVersion.Contains('-', StringComparison.Ordinal) ? $"{Minor}+" : Minor.ToString(CultureInfo.InvariantCulture),
        ["gitVersion"] = GitVersion,
        ["gitCommit"] = "0000000000000000000000000000000000000000",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "2025-01-01T00:00:00Z",
        ["goVersion"] = "go1.23.0",
        ["compiler"] = "gc",
        ["platform"] = "linux/amd64",
    };
}
