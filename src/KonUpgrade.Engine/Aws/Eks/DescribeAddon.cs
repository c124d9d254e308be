namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>DescribeAddon: GET /clusters/{name}/addons/{addonName}.</summary>
internal static class DescribeAddon
{
    public static EksCall Call(string clusterName, string addonName) => new("DescribeAddon", "describe")
    {
        Method = "GET",
        Path = "/{name}/addons/{addonName}",
        ClusterName = clusterName,
        AddonName = addonName,
    };
}

internal sealed record DescribeAddonResponse
{
    public Addon Addon { get; init; } = new();
}
