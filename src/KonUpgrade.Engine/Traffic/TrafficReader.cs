using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>Tells where the traffic of host names goes. It changes nothing; a login that may look at Ingresses and Services will do.</summary>
/// <param name="dns">The zones.</param>
/// <param name="blue">Blue.</param>
/// <param name="green">Green; null for one cluster alone.</param>
public sealed class TrafficReader(TrafficDns dns, ClusterConnection blue, ClusterConnection? green)
{
    private TrafficEnds? _ends;

    /// <summary>The traffic of each name. Why one can't be switched is its <see cref="ClusterTraffic.Failure"/>; of one whose DNS is kept elsewhere that is TrafficDnsElsewhere.</summary>
    /// <exception cref="UpgradeException">What AWS or an API server says.</exception>
    public async IAsyncEnumerable<ClusterTraffic> ReadAsync(TrafficOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var ends = await EndsAsync(cancellationToken).ConfigureAwait(false);
        foreach (var name in options.HostName)
        {
            var hostName = HostNames.Normal(name) ?? throw new UpgradeException(TrafficFailures.NameInvalid(name));
            ClusterTraffic traffic;
            try
            {
                var zone = await dns.ZoneOfAsync(hostName, options.HostedZoneId, cancellationToken).ConfigureAwait(false);
                var view = await dns.LookAsync(hostName, zone, cancellationToken).ConfigureAwait(false);
                traffic = TrafficView.WithAddresses(TrafficView.Of(view, ends), view.Records, ends, options) with { Failure = HostRoute.Obstacle(view, ends) };
            }
            catch (UpgradeException e) when (e.Failure.Id is TrafficFailures.DnsElsewhereId or "TrafficZoneAmbiguous" or "TrafficZoneWrong")
            {
                traffic = TrafficView.WithAddresses(TrafficView.Of(hostName, ends), [], ends, options) with { Failure = e.Failure };
            }
            yield return traffic;
        }
    }

    /// <summary>The traffic of every name of the account's zones that leads to one of the clusters. Zones are read whole.</summary>
    /// <param name="hostedZoneId">The zone; null for all.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">What AWS or an API server says.</exception>
    public async IAsyncEnumerable<ClusterTraffic> FindAsync(string? hostedZoneId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ends = await EndsAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var zone in dns.ZonesAsync(hostedZoneId, cancellationToken).ConfigureAwait(false))
        {
            var all = await dns.WholeAsync(zone, cancellationToken).ConfigureAwait(false);
            var names = all.Where(record => TrafficDns.IsLeading(record) && ends.SideOf(record) != TrafficSide.Unknown).Select(static record => HostNames.Plain(record.Name)).Distinct(StringComparer.Ordinal).ToList();
            foreach (var name in names)
            {
                await foreach (var traffic in ReadAsync(new TrafficOptions { HostName = [name], HostedZoneId = zone.Id }, cancellationToken).ConfigureAwait(false))
                    yield return traffic;
            }
        }
    }

    private async Task<TrafficEnds> EndsAsync(CancellationToken cancellationToken) => _ends ??= await TrafficEnds.ReadAsync(blue, green, cancellationToken).ConfigureAwait(false);
}
