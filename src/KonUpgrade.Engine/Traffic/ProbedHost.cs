using KonUpgrade.Engine.Connections;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>A host name, and the load balancer of a cluster that is asked for it.</summary>
/// <param name="HostName">The name.</param>
/// <param name="Address">The load balancer's host name, or its IP address.</param>
internal sealed record ProbedHost(string HostName, string Address)
{
    /// <summary>Finds the load balancers of a cluster for host names, whatever DNS says of them.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="hostNames">The names.</param>
    /// <param name="source">The object with the load balancer, as <c>Ingress istio-system/shop</c>; null to find it.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">HostNameInvalid, TrafficAddressNotFound, TrafficAddressAmbiguous, TrafficSourceNotFound; or what the API server says.</exception>
    public static async Task<IReadOnlyList<ProbedHost>> FindAsync(ClusterConnection cluster, IReadOnlyList<string> hostNames, string? source, CancellationToken cancellationToken)
    {
        if (hostNames.Count == 0)
            return [];
        var ends = await TrafficEnds.ReadAsync(cluster, null, cancellationToken).ConfigureAwait(false);
        return [.. hostNames.Select(name => Of(HostNames.Normal(name) ?? throw new UpgradeException(TrafficFailures.NameInvalid(name))))];

        ProbedHost Of(string hostName)
        {
            var (address, failure) = AddressChoice.Find(hostName, [], ends, TrafficSide.Blue, source);
            return new ProbedHost(hostName, address?.Address ?? throw new UpgradeException(failure!));
        }
    }
}
