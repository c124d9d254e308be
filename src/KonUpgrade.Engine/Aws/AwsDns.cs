using Amazon;

namespace KonUpgrade.Engine.Aws;

/// <summary>How the names of services' hosts end.</summary>
internal static class AwsDns
{
    /// <summary>The end of the names of a partition's hosts.</summary>
    /// <param name="partition">A region of the partition.</param>
    /// <param name="dualStack">Whether they answer by IPv6, too.</param>
    public static string Suffix(RegionEndpoint partition, bool dualStack) =>
        !dualStack ? partition.PartitionDnsSuffix : partition.PartitionName == "aws-cn" ? "api.amazonwebservices.com.cn" : "api.aws";
}
