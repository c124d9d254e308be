using Amazon;

namespace KonUpgrade.Engine.Aws;

/// <summary>Where services are that have one address a region: the rules that most of them have in common in their endpoint rule sets.</summary>
internal static class RegionalEndpoint
{
    /// <summary>The URL of a service in a region.</summary>
    /// <param name="name">The service's name in host names: <c>backup</c>.</param>
    /// <param name="region">The region.</param>
    /// <param name="fips">Whether it is to be the one of FIPS 140.</param>
    /// <param name="dualStack">Whether it is to be the one with IPv6 too.</param>
    public static Uri Of(string name, string region, bool fips = false, bool dualStack = false)
    {
        var suffix = AwsDns.Suffix(RegionEndpoint.GetBySystemName(region), dualStack);
        return new Uri($"https://{(fips ? $"{name}-fips" : name)}.{region}.{suffix}");
    }

    /// <summary>Where a service is by the settings of environment and profile.</summary>
    public static Func<string, AwsCredentialSource, Uri> Named(string name) => (region, source) => Of(name, region, source.UseFips, source.UseDualStack);
}
