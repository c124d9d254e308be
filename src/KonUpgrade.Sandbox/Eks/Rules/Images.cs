using KonUpgrade.Sandbox.Behaviors;

namespace KonUpgrade.Sandbox.Eks.Rules;

/// <summary>What follows from the kind and the release of a machine image.</summary>
internal static class Images
{
    // The last minor version that has images of Amazon Linux 2.
    private const int LastMinorWithAmazonLinux2 = 32;

    // The first whose node groups get Amazon Linux 2023 unless they say otherwise.
    private const int FirstMinorWithAmazonLinux2023 = 30;

    public static readonly IReadOnlyList<string> AmiTypes =
    [
        "AL2_x86_64", "AL2_x86_64_GPU", "AL2_ARM_64", "CUSTOM",
        "BOTTLEROCKET_ARM_64", "BOTTLEROCKET_x86_64", "BOTTLEROCKET_ARM_64_FIPS", "BOTTLEROCKET_x86_64_FIPS",
        "BOTTLEROCKET_ARM_64_NVIDIA", "BOTTLEROCKET_x86_64_NVIDIA", "BOTTLEROCKET_ARM_64_NVIDIA_FIPS", "BOTTLEROCKET_x86_64_NVIDIA_FIPS",
        "WINDOWS_CORE_2019_x86_64", "WINDOWS_FULL_2019_x86_64", "WINDOWS_CORE_2022_x86_64", "WINDOWS_FULL_2022_x86_64", "WINDOWS_CORE_2025_x86_64", "WINDOWS_FULL_2025_x86_64",
        "AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD", "AL2023_x86_64_NEURON", "AL2023_x86_64_NVIDIA", "AL2023_ARM_64_NVIDIA",
    ];

    public static string Default(int minor, string architecture) => (minor >= FirstMinorWithAmazonLinux2023, architecture) switch
    {
        (true, "arm64") => "AL2023_ARM_64_STANDARD",
        (true, _) => "AL2023_x86_64_STANDARD",
        (false, "arm64") => "AL2_ARM_64",
        _ => "AL2_x86_64",
    };

    public static bool IsOffered(string amiType, int minor) => !amiType.StartsWith("AL2_", StringComparison.Ordinal) || minor <= LastMinorWithAmazonLinux2;

    public static string LastVersion => $"1.{LastMinorWithAmazonLinux2}";

    /// <summary>The architecture of its machines; null for CUSTOM, which may be any.</summary>
    public static string? Architecture(string amiType) => amiType == "CUSTOM" ? null : amiType.Contains("ARM_64", StringComparison.Ordinal) ? "arm64" : "amd64";

    /// <summary>The image's id: another one for each release.</summary>
    public static string Of(string amiType, string release, string region) => $"ami-0{Stable.Uid($"{region}/{amiType}/{release}").Replace("-", string.Empty, StringComparison.Ordinal)[..16]}";

    /// <summary>The kubelet's version in a release (1.33.2-20250715).</summary>
    public static string Kubelet(string release) => $"v{release.Split('-')[0]}-eks-5d4a308";

    /// <summary>A region's short name in the ids of its zones: euc1.</summary>
    public static string RegionCode(string region)
    {
        string[] parts = region.Split('-');
        return parts.Length < 3 ? region : $"{parts[0]}{parts[1][0]}{parts[^1]}";
    }
}
