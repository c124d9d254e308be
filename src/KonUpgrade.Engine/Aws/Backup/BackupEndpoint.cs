namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>Where AWS Backup is in a region, by the rules of the service's endpoint rule set.</summary>
internal static class BackupEndpoint
{
    public static Uri Of(string region, bool fips = false, bool dualStack = false) => RegionalEndpoint.Of("backup", region, fips, dualStack);

    /// <summary>Where it is by the settings of environment and profile.</summary>
    public static Uri Of(string region, AwsCredentialSource source) => Of(region, source.UseFips, source.UseDualStack);
}
