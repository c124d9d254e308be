using KonUpgrade.Engine.Aws.Route53;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>Finds which load balancer of a cluster is the one for a host name.</summary>
internal static class AddressChoice
{
    /// <summary>The load balancer for a name: the one that is named; the one that records lead to already; that of the same object as on the other side; that of the objects that name the host; the only one.</summary>
    /// <param name="hostName">The name.</param>
    /// <param name="records">Its records.</param>
    /// <param name="ends">The clusters' load balancers.</param>
    /// <param name="side">The side that is meant.</param>
    /// <param name="source">The object that was named; null for none.</param>
    public static (ClusterAddress? Address, Failure? Failure) Find(string hostName, IReadOnlyList<ResourceRecordSet> records, TrafficEnds ends, TrafficSide side, string? source)
    {
        var (all, cluster) = (ends.Of(side), ends.Name(side));
        if (source is not null)
        {
            var named = all.Where(address => IsNamed(address, source)).ToList();
            return named.Count == 0 ? (null, TrafficFailures.SourceNotFound(source, cluster, all)) : One(hostName, cluster, named);
        }
        if (all.Count == 0)
            return (null, TrafficFailures.NoAddress(hostName, cluster));
        var targets = records.SelectMany(TrafficEnds.TargetsOf).ToHashSet(StringComparer.Ordinal);
        var serving = ends.Of(TrafficEnds.Other(side)).Where(address => targets.Contains(address.Address)).ToList();
        IReadOnlyList<ClusterAddress>[] ways =
        [
            [.. all.Where(address => targets.Contains(address.Address))],
            [.. all.Where(address => serving.Any(other => other.Source == address.Source) && (address.Hosts.Count == 0 || address.Hosts.Any(host => HostNames.Covers(host, hostName))))],
            [.. all.Where(address => address.Hosts.Contains(hostName))],
            [.. all.Where(address => address.Hosts.Any(host => HostNames.Covers(host, hostName)))],
            [.. all.Where(address => serving.Any(other => other.Source == address.Source))],
            all,
        ];
        return One(hostName, cluster, ways.First(static found => found.Count > 0));
    }

    // Several objects may share a load balancer.
    private static (ClusterAddress? Address, Failure? Failure) One(string hostName, string cluster, IReadOnlyList<ClusterAddress> found) =>
        found.DistinctBy(static address => address.Address).Count() == 1 ? (found[0], null) : (null, TrafficFailures.AddressAmbiguous(hostName, cluster, found));

    private static bool IsNamed(ClusterAddress address, string source)
    {
        var said = source.Trim().Replace(' ', '/');
        return string.Equals(said, $"{address.Kind}/{address.Namespace}/{address.Name}", StringComparison.OrdinalIgnoreCase) || said == $"{address.Namespace}/{address.Name}" || HostNames.Target(source) == address.Address;
    }
}
