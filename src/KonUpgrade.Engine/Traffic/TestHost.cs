using System.Net;
using System.Net.Sockets;
using KonUpgrade.Engine.Aws.Route53;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>A name of its own for the new side's load balancer, so that people can try it while users are elsewhere.</summary>
/// <param name="ZoneId">The zone.</param>
/// <param name="Record">Its record.</param>
/// <param name="IsThere">Whether it is there already, from a run before.</param>
internal sealed record TestHost(string ZoneId, ResourceRecordSet Record, bool IsThere)
{
    private const long Ttl = 60;

    /// <summary>Where it leads.</summary>
    public string Target => TrafficEnds.TargetsOf(Record)[0];

    /// <summary>Its name.</summary>
    public string HostName => HostNames.Plain(Record.Name);

    /// <summary>Finds what a test host for the new side's load balancer of a host name would be, as a switch does. The host's own DNS may be kept elsewhere.</summary>
    /// <exception cref="UpgradeException">HostNameInvalid, TrafficTestHostTaken; that no load balancer, or no zone, can be told; or what AWS or an API server says.</exception>
    public static async Task<TestHost> FindAsync(TrafficDns dns, ClusterConnection blue, ClusterConnection green, string name, TrafficSwitchOptions options, CancellationToken cancellationToken)
    {
        await blue.RefuseSameClusterAsync(green, cancellationToken).ConfigureAwait(false);
        var ends = await TrafficEnds.ReadAsync(blue, green, cancellationToken).ConfigureAwait(false);
        dns.Forget();
        var hostName = HostNames.Normal(options.HostName[0]) ?? throw new UpgradeException(TrafficFailures.NameInvalid(options.HostName[0]));
        IReadOnlyList<ResourceRecordSet> records = [];
        try
        {
            var zone = await dns.ZoneOfAsync(hostName, options.HostedZoneId, cancellationToken).ConfigureAwait(false);
            records = (await dns.LookAsync(hostName, zone, cancellationToken).ConfigureAwait(false)).Records;
        }
        catch (UpgradeException e) when (e.Failure.Id == TrafficFailures.DnsElsewhereId)
        {
            // The test host's own zone is looked for by itself.
        }
        var (address, unknown) = AddressChoice.Find(hostName, records, ends, options.To, options.To == TrafficSide.Green ? options.GreenSource : options.BlueSource);
        var model = records.FirstOrDefault(record => ends.SideOf(record) is TrafficSide.Blue or TrafficSide.Green);
        return address is null ? throw new UpgradeException(unknown!) : await FindAsync(dns, name, model, address.Address, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds where a test host would be, and that its name is free or ours.</summary>
    /// <param name="dns">The zones.</param>
    /// <param name="name">The name.</param>
    /// <param name="model">The record that its own is like, but for name and target; null for none.</param>
    /// <param name="address">The load balancer.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">HostNameInvalid, TrafficTestHostTaken, or that no zone has the name.</exception>
    public static async Task<TestHost> FindAsync(TrafficDns dns, string name, ResourceRecordSet? model, string address, CancellationToken cancellationToken)
    {
        var hostName = HostNames.Normal(name) ?? throw new UpgradeException(TrafficFailures.NameInvalid(name));
        var zone = await dns.ZoneOfAsync(hostName, null, cancellationToken).ConfigureAwait(false);
        var record = await OfAsync(dns, hostName, model, address, cancellationToken).ConfigureAwait(false);
        var there = await dns.AtAsync(zone.Id, hostName, cancellationToken).ConfigureAwait(false);
        return there switch
        {
            [] => new TestHost(zone.Id, record, IsThere: false),
            [var one] when one.Same(record) => new TestHost(zone.Id, record, IsThere: true),
            _ => throw new UpgradeException(TrafficFailures.TestHostTaken(hostName)),
        };
    }

    /// <summary>Adds it, or takes it away, and waits until all name servers know. What is so already is left.</summary>
    /// <exception cref="UpgradeException">TrafficTestHostTaken, TrafficNotInSync; or what AWS says.</exception>
    public Task MakeAsync(TrafficDns dns, bool isThere, TimeProvider time, IReporter reporter, CancellationToken cancellationToken) =>
        new TrafficChanger(dns, new TrafficSwitchOptions { HostName = [] }.InSyncTimeout, time, reporter).MakeAsync(this, isThere, cancellationToken);

    // An alias where the host has one, since a zone's own name takes no CNAME.
    private static async Task<ResourceRecordSet> OfAsync(TrafficDns dns, string hostName, ResourceRecordSet? model, string address, CancellationToken cancellationToken)
    {
        if (model?.AliasTarget is not { } alias)
            return ResourceRecordSet.Of(HostNames.InZone(hostName), model?.Type ?? TypeFor(address), Ttl, HostNames.Like(model?.Type == "CNAME" ? model.Values[0] : "", address));
        var zone = await dns.AliasZoneAsync(alias, address, cancellationToken).ConfigureAwait(false);
        return ResourceRecordSet.OfAlias(HostNames.InZone(hostName), model.Type, new AliasTarget(zone, HostNames.Like(alias.DNSName, address), EvaluateTargetHealth: false));
    }

    private static string TypeFor(string address) =>
        !IPAddress.TryParse(address, out var parsed) ? "CNAME" : parsed.AddressFamily == AddressFamily.InterNetworkV6 ? "AAAA" : "A";
}
