using System.Net;
using System.Net.Sockets;
using KonUpgrade.Engine.Aws.Route53;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>The way that a host name's traffic is to go: what is now, what was before, and what its records are to be in each stage.</summary>
internal sealed class HostRoute
{
    private readonly TrafficEnds _ends;
    private readonly TrafficForms _forms;
    private readonly ResourceRecordSet _marker;

    private HostRoute(HostView view, TrafficEnds ends, TrafficState before, TrafficSide from, ClusterAddress target, TrafficForms forms, ResourceRecordSet marker) =>
        (View, _ends, Before, From, Target, _forms, _marker) = (view, ends, before, from, target, forms, marker);

    /// <summary>What the zone has of the name, as it was read last.</summary>
    public HostView View { get; private set; }

    /// <summary>What the records were before.</summary>
    public TrafficState Before { get; }

    /// <summary>The side that serves before.</summary>
    public TrafficSide From { get; }

    /// <summary>The load balancer that the name is to lead to.</summary>
    public ClusterAddress Target { get; }

    /// <summary>The side that it is to lead to.</summary>
    public TrafficSide To => TrafficEnds.Other(From);

    /// <summary>Whether a switch was begun.</summary>
    public bool IsBegun => View.Marker is not null;

    /// <summary>How many of a hundred questions are answered with the new side.</summary>
    public double Percent => _ends.PercentOf(To, View.Records) ?? 0;

    /// <summary>How long the old lifetime takes to run out; null where it is short.</summary>
    public TimeSpan? TtlToWaitOut => _forms.TtlToWaitOut;

    /// <summary>The record of before that others of its kind are made from.</summary>
    public ResourceRecordSet Model => Before.Sets.First(record => _ends.SideOf(record) == From);

    /// <summary>What the records are to be in a stage, and the marker that goes with them.</summary>
    public (IReadOnlyList<ResourceRecordSet> Records, ResourceRecordSet? Marker) In(TrafficStageKind kind, int percent) => kind switch
    {
        TrafficStageKind.LowerTtl => (_forms.Lowered(), _marker),
        TrafficStageKind.Shift => (_forms.Shifted(percent), _marker),
        TrafficStageKind.Settle => (_forms.Settled(), null),
        _ => (Before.Sets, null),
    };

    /// <summary>Looks anew.</summary>
    /// <exception cref="UpgradeException">TrafficChangedMeanwhile: a record leads where this switch leads none.</exception>
    public async Task<HostView> LookAsync(TrafficDns dns, CancellationToken cancellationToken)
    {
        var view = await dns.ViewAsync(View.HostName, View.Zone, cancellationToken).ConfigureAwait(false);
        return Before.Explains(view) ? View = view : throw new UpgradeException(TrafficFailures.ChangedMeanwhile(view));
    }

    /// <summary>Finds the way of a name; or why it can't be switched.</summary>
    /// <returns>The route; null with a failure, or with none where all leads to the side already.</returns>
    /// <exception cref="UpgradeException">What AWS says.</exception>
    public static async Task<(HostRoute? Route, Failure? Failure)> FindAsync(TrafficDns dns, HostView view, TrafficEnds ends, TrafficSwitchOptions options, CancellationToken cancellationToken)
    {
        if (Obstacle(view, ends) is { } obstacle)
            return (null, obstacle);
        var before = view.Marker?.State.Sets ?? view.Records;
        // Which way a switch goes that was begun, it says itself.
        var to = view.Marker is { } under ? ends.SideOf(under.State.Target) ?? options.To : options.To;
        var from = TrafficEnds.Other(to);
        if (view.Marker is null && ends.PercentOf(to, view.Records) == 100)
            return (null, null);
        if (Unfit(view.HostName, before, ends, from, options.Weight.Count > 0) is { } unfit)
            return (null, unfit);
        var (target, unknown) = view.Marker is { } begun && ends.Of(to).FirstOrDefault(address => address.Address == begun.State.Target) is { } same
            ? (same, null)
            : AddressChoice.Find(view.HostName, before, ends, to, to == TrafficSide.Green ? options.GreenSource : options.BlueSource);
        if (target is null)
            return (null, unknown);
        var zones = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in before.Where(record => ends.SideOf(record) == from))
        {
            if (Misfit(view.HostName, record, target.Address) is { } misfit)
                return (null, misfit);
            if (record.AliasTarget is { } alias)
                zones[alias.DNSName] = await dns.AliasZoneAsync(alias, target.Address, cancellationToken).ConfigureAwait(false);
        }
        var state = view.Marker?.State ?? TrafficState.Of(view.HostName, view.Zone.Id, before, target.Address);
        var forms = new TrafficForms(before, from, ends.SideOf, record => Redirect(record, target.Address, zones), options.Weight.Count > 0, (long)options.Ttl.TotalSeconds);
        var marker = view.MarkerRecord is { } there && view.Marker is not null ? there : new TrafficMarker(state, options.Time.GetUtcNow()).ToRecord();
        return (new HostRoute(view, ends, state, from, target, forms, marker), null);
    }

    /// <summary>A record that leads elsewhere, and is the same otherwise.</summary>
    public static ResourceRecordSet Redirect(ResourceRecordSet record, string address, IReadOnlyDictionary<string, string> aliasZones) =>
        record.AliasTarget is { } alias ? record.Pointing(alias with { HostedZoneId = aliasZones[alias.DNSName], DNSName = HostNames.Like(alias.DNSName, address) })
        : record.Type == "CNAME" ? record.Pointing(HostNames.Like(record.Values[0], address))
        : record.Pointing(address);

    /// <summary>Why the records of a name can't be switched, whoever asks; null where they can.</summary>
    public static Failure? Obstacle(HostView view, TrafficEnds ends)
    {
        if (view.Records.Count == 0)
            return TrafficFailures.NoRecord(view);
        if (view.Owner is { } owner)
            return TrafficFailures.OwnedByExternalDns(view.HostName, owner);
        if (view.Records.Select(static record => record.TrafficPolicyInstanceId).FirstOrDefault(static instance => instance is not null) is { } policy)
            return TrafficFailures.OwnedByPolicy(view.HostName, policy);
        if (view.Records.FirstOrDefault(record => ends.SideOf(record) == TrafficSide.Both) is { } shared)
            return TrafficFailures.SameLoadBalancer(view.HostName, TrafficEnds.TargetsOf(shared)[0]);
        var unknown = view.Records.Where(record => ends.SideOf(record) == TrafficSide.Unknown).SelectMany(TrafficEnds.TargetsOf).Distinct(StringComparer.Ordinal).ToList();
        return unknown.Count > 0 ? TrafficFailures.TargetUnknown(view, unknown, ends) : null;
    }

    private static Failure? Unfit(string hostName, IReadOnlyList<ResourceRecordSet> before, TrafficEnds ends, TrafficSide from, bool isStaged)
    {
        if (!isStaged)
            return null;
        foreach (var type in before.GroupBy(static record => record.Type))
        {
            if (type.Select(TrafficView.RoutingOf).FirstOrDefault(static routing => routing is not (TrafficRouting.Simple or TrafficRouting.Weighted)) is not TrafficRouting.None and var routing)
                return TrafficFailures.NotWeighted(hostName, routing);
            if (type.Count(record => ends.SideOf(record) == from) > 1 || type.Count(record => ends.SideOf(record) != from) > 1)
                return TrafficFailures.Several(hostName, type.Key);
        }
        return null;
    }

    private static Failure? Misfit(string hostName, ResourceRecordSet record, string address)
    {
        var family = IPAddress.TryParse(address, out var parsed) ? parsed.AddressFamily : AddressFamily.Unspecified;
        var fits = record.AliasTarget is not null || record.Type == "CNAME" ? family == AddressFamily.Unspecified
            : record.Type == "A" ? family == AddressFamily.InterNetwork
            : family == AddressFamily.InterNetworkV6;
        return fits ? null : TrafficFailures.TypeDiffers(hostName, record.ToString(), address);
    }
}
