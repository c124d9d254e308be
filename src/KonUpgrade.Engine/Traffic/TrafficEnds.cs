using KonUpgrade.Engine.Aws.Route53;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>The load balancers of the two clusters, and whose of them a record leads to.</summary>
/// <param name="Blue">Blue's context.</param>
/// <param name="Green">Green's context; null where there is none.</param>
/// <param name="BlueAddresses">Blue's load balancers.</param>
/// <param name="GreenAddresses">Green's load balancers.</param>
internal sealed record TrafficEnds(string Blue, string? Green, IReadOnlyList<ClusterAddress> BlueAddresses, IReadOnlyList<ClusterAddress> GreenAddresses)
{
    /// <summary>Looks which load balancers the clusters have.</summary>
    /// <exception cref="UpgradeException">What an API server says.</exception>
    public static async Task<TrafficEnds> ReadAsync(ClusterConnection blue, ClusterConnection? green, CancellationToken cancellationToken) => new(
        blue.Context.Name,
        green?.Context.Name,
        await ClusterAddress.ListAsync(blue, cancellationToken).ConfigureAwait(false),
        green is null ? [] : await ClusterAddress.ListAsync(green, cancellationToken).ConfigureAwait(false));

    /// <summary>A cluster's load balancers.</summary>
    public IReadOnlyList<ClusterAddress> Of(TrafficSide side) => side == TrafficSide.Blue ? BlueAddresses : GreenAddresses;

    /// <summary>A cluster's context.</summary>
    public string Name(TrafficSide side) => (side == TrafficSide.Blue ? Blue : Green) ?? "";

    /// <summary>The other side.</summary>
    public static TrafficSide Other(TrafficSide side) => side == TrafficSide.Blue ? TrafficSide.Green : TrafficSide.Blue;

    /// <summary>Whose load balancer has an address; null where none of theirs has.</summary>
    public TrafficSide? SideOf(string address) =>
        GreenAddresses.Any(one => one.Address == address) ? TrafficSide.Green : BlueAddresses.Any(one => one.Address == address) ? TrafficSide.Blue : null;

    /// <summary>Where a record leads.</summary>
    public static IReadOnlyList<string> TargetsOf(ResourceRecordSet record) => record.AliasTarget is { } alias ? [HostNames.Target(alias.DNSName)] : [.. record.Values.Select(HostNames.Target)];

    /// <summary>Whose load balancer a record leads to.</summary>
    public TrafficSide SideOf(ResourceRecordSet record)
    {
        var targets = TargetsOf(record);
        return (IsOf(BlueAddresses), IsOf(GreenAddresses)) switch
        {
            (true, true) => TrafficSide.Both,
            (true, false) => TrafficSide.Blue,
            (false, true) => TrafficSide.Green,
            _ => TrafficSide.Unknown,
        };

        bool IsOf(IReadOnlyList<ClusterAddress> addresses) => targets.Count > 0 && targets.All(target => addresses.Any(address => address.Address == target));
    }

    /// <summary>Whose load balancers several records lead to.</summary>
    public TrafficSide SideOf(IEnumerable<ResourceRecordSet> records)
    {
        var sides = records.Select(SideOf).Distinct().ToList();
        return sides is [var one] ? one : sides.Count == 0 || sides.Contains(TrafficSide.Unknown) ? TrafficSide.Unknown : TrafficSide.Both;
    }

    /// <summary>
    /// How many of a hundred questions are answered with a side's load balancer: of several types the fewest. Null where a
    /// record leads to neither cluster's, or the answer depends on who asks.
    /// </summary>
    public double? PercentOf(TrafficSide side, IReadOnlyList<ResourceRecordSet> records)
    {
        if (records.Count == 0 || records.Any(record => SideOf(record) is TrafficSide.Unknown or TrafficSide.Both))
            return null;
        var all = SideOf(records);
        if (all != TrafficSide.Both)
            return all == side ? 100 : 0;
        var percents = records.GroupBy(static record => record.Type).Select(type =>
        {
            if (SideOf(type) is not TrafficSide.Both and var one)
                return one == side ? 100.0 : 0;
            if (type.Any(static record => record.Weight is null))
                return (double?)null;
            var sum = type.Sum(static record => record.Weight!.Value);
            // With no weight at all each is answered as often as any other.
            return sum == 0
                ? 100.0 * type.Count(record => SideOf(record) == side) / type.Count()
                : 100.0 * type.Where(record => SideOf(record) == side).Sum(static record => record.Weight!.Value) / sum;
        }).ToList();
        return percents.Any(static percent => percent is null) ? null : percents.Min();
    }
}
