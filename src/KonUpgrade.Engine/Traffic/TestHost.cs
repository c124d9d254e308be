using KonUpgrade.Engine.Aws.Route53;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>A name of its own for the new side's load balancer, so that people can try it while users are elsewhere.</summary>
/// <param name="ZoneId">The zone.</param>
/// <param name="Record">Its record.</param>
/// <param name="IsThere">Whether it is there already, from a run before.</param>
internal sealed record TestHost(string ZoneId, ResourceRecordSet Record, bool IsThere)
{
    private const long Ttl = 60;

    /// <summary>Finds where a test host would be, and that its name is free or ours.</summary>
    /// <exception cref="UpgradeException">HostNameInvalid, TrafficTestHostTaken, or that no zone has the name.</exception>
    public static async Task<TestHost> FindAsync(TrafficDns dns, string name, HostRoute route, CancellationToken cancellationToken)
    {
        var hostName = HostNames.Normal(name) ?? throw new UpgradeException(TrafficFailures.NameInvalid(name));
        var model = route.Model;
        var zone = await dns.ZoneOfAsync(hostName, null, cancellationToken).ConfigureAwait(false);
        var record = await OfAsync(dns, hostName, model, route.Target.Address, cancellationToken).ConfigureAwait(false);
        var there = await dns.AtAsync(zone.Id, hostName, cancellationToken).ConfigureAwait(false);
        return there switch
        {
            [] => new TestHost(zone.Id, record, IsThere: false),
            [var one] when one.Same(record) => new TestHost(zone.Id, record, IsThere: true),
            _ => throw new UpgradeException(TrafficFailures.TestHostTaken(hostName)),
        };
    }

    // An alias where the host has one, since a zone's own name takes no CNAME.
    private static async Task<ResourceRecordSet> OfAsync(TrafficDns dns, string hostName, ResourceRecordSet model, string address, CancellationToken cancellationToken)
    {
        if (model.AliasTarget is not { } alias)
            return ResourceRecordSet.Of(HostNames.InZone(hostName), model.Type, Ttl, HostNames.Like(model.Type == "CNAME" ? model.Values[0] : "", address));
        var zone = await dns.AliasZoneAsync(alias, address, cancellationToken).ConfigureAwait(false);
        return ResourceRecordSet.OfAlias(HostNames.InZone(hostName), model.Type, new AliasTarget(zone, HostNames.Like(alias.DNSName, address), EvaluateTargetHealth: false));
    }
}
