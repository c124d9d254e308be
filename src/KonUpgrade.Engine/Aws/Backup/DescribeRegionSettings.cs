namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>DescribeRegionSettings: GET /account-settings.</summary>
internal static class DescribeRegionSettings
{
    public static BackupCall Call() => new("DescribeRegionSettings", "tell")
    {
        Method = "GET",
        Path = "/account-settings",
        Subject = "the settings of the region",
        Target = "AWS Backup",
    };
}

/// <summary>What DescribeRegionSettings answers.</summary>
public sealed record RegionSettings
{
    /// <summary>Which types of resources the service protects here, in plans and on demand alike; what is not named is not switched off.</summary>
    public IReadOnlyDictionary<string, bool> ResourceTypeOptInPreference { get; init; } = new Dictionary<string, bool>();

    /// <summary>Of which types the service keeps the backups wholly itself.</summary>
    public IReadOnlyDictionary<string, bool> ResourceTypeManagementPreference { get; init; } = new Dictionary<string, bool>();
}
