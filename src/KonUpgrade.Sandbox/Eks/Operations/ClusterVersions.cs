using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks.Operations;

/// <summary>DescribeClusterVersions: three minor versions in standard support, as many before them in extended support.</summary>
internal static class ClusterVersions
{
    private const int Newest = 36, Standard = 3, Extended = 3;

    // A minor version comes every four months, and has 14 months of standard support and a year of extended.
    private static readonly DateTimeOffset NewestRelease = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    public static JsonObject List(EksRequest request) =>
        Pages.Of(request, "clusterVersions", [.. Enumerable.Range(Newest - Standard - Extended + 1, Standard + Extended).Select(minor => string.Create(CultureInfo.InvariantCulture, $"1.{minor}"))], Describe);

    private static JsonObject Describe(string version)
    {
        int age = Newest - int.Parse(version[2..], CultureInfo.InvariantCulture);
        DateTimeOffset release = NewestRelease.AddMonths(-4 * age);
        bool isStandard = age < Standard;
        return new JsonObject
        {
            ["clusterVersion"] = version,
            ["clusterType"] = "eks",
            ["defaultPlatformVersion"] = "eks.1",
            ["defaultVersion"] = age == 1,
            ["releaseDate"] = Wire.Time(release),
            ["endOfStandardSupportDate"] = Wire.Time(release.AddMonths(14)),
            ["endOfExtendedSupportDate"] = Wire.Time(release.AddMonths(26)),
            ["status"] = isStandard ? "standard-support" : "extended-support",
            ["versionStatus"] = isStandard ? "STANDARD_SUPPORT" : "EXTENDED_SUPPORT",
        };
    }
}
