using KonUpgrade.Engine.Aws.Route53;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>What is known of a host name's traffic, as it is told.</summary>
internal static class TrafficView
{
    /// <summary>How Route 53 chooses among records of a kind.</summary>
    public static TrafficRouting RoutingOf(ResourceRecordSet record) => record.RoutingField switch
    {
        null => TrafficRouting.Simple,
        "Weight" => TrafficRouting.Weighted,
        "Region" => TrafficRouting.Latency,
        "GeoLocation" => TrafficRouting.Geolocation,
        "GeoProximityLocation" => TrafficRouting.Geoproximity,
        "Failover" => TrafficRouting.Failover,
        "MultiValueAnswer" => TrafficRouting.Multivalue,
        _ => TrafficRouting.IPBased,
    };

    /// <summary>The traffic of a name.</summary>
    public static ClusterTraffic Of(HostView view, TrafficEnds ends) => Of(view.HostName, ends) with
    {
        HostedZoneId = view.Zone.Id,
        HostedZoneName = HostNames.Plain(view.Zone.Name),
        IsPrivateZone = view.Zone.PrivateZone,
        Routing = view.Records.Count == 0 ? TrafficRouting.None : RoutingOf(view.Records[0]),
        ServedBy = ServedBy(view, ends),
        GreenPercent = ends.Green is null ? null : ends.PercentOf(TrafficSide.Green, view.Records),
        Ttl = view.Records.Max(static record => record.Ttl) is { } ttl ? TimeSpan.FromSeconds(ttl) : null,
        IsSwitching = view.Marker is not null,
        Records = [.. view.Records.Select(record => Of(record, ends))],
    };

    /// <summary>A name of which nothing more is known.</summary>
    public static ClusterTraffic Of(string hostName, TrafficEnds ends) => new() { HostName = hostName, Blue = ends.Blue, Green = ends.Green };

    /// <summary>The same with the load balancers of both sides for the name, as far as they can be told.</summary>
    public static ClusterTraffic WithAddresses(ClusterTraffic traffic, IReadOnlyList<ResourceRecordSet> records, TrafficEnds ends, TrafficOptions options)
    {
        var blue = AddressChoice.Find(traffic.HostName, records, ends, TrafficSide.Blue, options.BlueSource).Address;
        var green = ends.Green is null ? null : AddressChoice.Find(traffic.HostName, records, ends, TrafficSide.Green, options.GreenSource).Address;
        return traffic with { BlueAddress = blue?.Address, GreenAddress = green?.Address, GreenSource = green?.Source };
    }

    private static TrafficSide ServedBy(HostView view, TrafficEnds ends) => ends.PercentOf(TrafficSide.Blue, view.Records) switch
    {
        100 => TrafficSide.Blue,
        0 => TrafficSide.Green,
        _ => ends.SideOf(view.Records),
    };

    private static TrafficRecord Of(ResourceRecordSet record, TrafficEnds ends) => new(record.Type, string.Join(", ", TrafficEnds.TargetsOf(record)), ends.SideOf(record))
    {
        SetIdentifier = record.SetIdentifier,
        Weight = record.Weight,
        Ttl = record.Ttl is { } ttl ? TimeSpan.FromSeconds(ttl) : null,
        IsAlias = record.AliasTarget is not null,
        HealthCheckId = record.HealthCheckId,
    };
}
