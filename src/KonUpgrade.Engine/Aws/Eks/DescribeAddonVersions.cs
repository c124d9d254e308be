using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>DescribeAddonVersions: GET /addons/supported-versions.</summary>
internal static class DescribeAddonVersions
{
    public static EksCall Call(string addonName, string kubernetesVersion, string? nextToken) => new("DescribeAddonVersions", "describe the versions of")
    {
        Method = "GET",
        Root = "/addons",
        Path = "/supported-versions",
        AddonName = addonName,
        Query = [("addonName", addonName), ("kubernetesVersion", kubernetesVersion), ("maxResults", "100"), ("nextToken", nextToken)],
    };
}

internal sealed record DescribeAddonVersionsResponse : IRestJsonPage<AddonInfo>
{
    public IReadOnlyList<AddonInfo> Addons { get; init; } = [];

    public string? NextToken { get; init; }

    IReadOnlyList<AddonInfo> IRestJsonPage<AddonInfo>.Items => Addons;
}
