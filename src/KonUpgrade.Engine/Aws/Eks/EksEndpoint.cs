using Amazon;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>Where EKS is in a region, by the rules of the service's endpoint rule set.</summary>
internal static class EksEndpoint
{
    public static Uri Of(string region, bool fips = false, bool dualStack = false)
    {
        var partition = RegionEndpoint.GetBySystemName(region);
        var suffix = AwsDns.Suffix(partition, dualStack);
        var host = (fips, dualStack, partition.PartitionName) switch
        {
            (false, _, _) or (true, false, "aws-us-gov") => $"eks.{region}",
            (true, false, "aws") => $"fips.eks.{region}",
            _ => $"eks-fips.{region}",
        };
        return new Uri($"https://{host}.{suffix}");
    }

    /// <summary>Where it is by the settings of environment and profile.</summary>
    public static Uri Of(string region, AwsCredentialSource source) => Of(region, source.UseFips, source.UseDualStack);
}
