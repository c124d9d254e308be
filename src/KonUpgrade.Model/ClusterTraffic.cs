namespace KonUpgrade.Model;

/// <summary>Where the traffic of a host name goes: what Route 53 has of it, and which cluster's load balancer that leads to.</summary>
public sealed record ClusterTraffic
{
    /// <summary>The host name, in small letters and without a dot at its end.</summary>
    public required string HostName { get; init; }

    /// <summary>The hosted zone that has the name; null where Route 53 has none.</summary>
    public string? HostedZoneId { get; init; }

    /// <summary>The hosted zone's name: <c>example.com</c>.</summary>
    public string? HostedZoneName { get; init; }

    /// <summary>Whether the zone answers within networks (VPCs) alone.</summary>
    public bool IsPrivateZone { get; init; }

    /// <summary>How Route 53 chooses an answer.</summary>
    public TrafficRouting Routing { get; init; }

    /// <summary>Who serves the name.</summary>
    public TrafficSide ServedBy { get; init; }

    /// <summary>How many of a hundred questions are answered with green; null where that can't be said.</summary>
    public double? GreenPercent { get; init; }

    /// <summary>How long resolvers keep an answer; null for an alias, whose time is its target's (60 seconds for a load balancer).</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>Blue's context.</summary>
    public string? Blue { get; init; }

    /// <summary>Green's context; null where there is none.</summary>
    public string? Green { get; init; }

    /// <summary>The name, or the address, of blue's load balancer for the host; null where it is not known.</summary>
    public string? BlueAddress { get; init; }

    /// <summary>The name, or the address, of green's load balancer for the host; null where it is not known.</summary>
    public string? GreenAddress { get; init; }

    /// <summary>What has that address on green: <c>Ingress istio-system/shop</c>.</summary>
    public string? GreenSource { get; init; }

    /// <summary>Whether a switch was begun and not ended; the same command goes on with it, and one to the other side puts back what was.</summary>
    public bool IsSwitching { get; init; }

    /// <summary>The records of the name that lead anywhere.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<TrafficRecord> Records { get; init => field = value.ToArray(); } = Array.Empty<TrafficRecord>();

    /// <summary>With -WhatIf, what would be done, stage by stage, in words.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> Stages { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>What was done; None where it was only looked at.</summary>
    public TrafficAction Action { get; init; }

    /// <summary>Why it can't be switched, or what went wrong.</summary>
    public Failure? Failure { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{HostName}: {ServedBy}";
}

/// <summary>A record of a host name.</summary>
/// <param name="Type">Its type: <c>A</c>, <c>CNAME</c>.</param>
/// <param name="Target">Where it leads.</param>
/// <param name="ServedBy">Whose load balancer that is.</param>
public sealed record TrafficRecord(string Type, string Target, TrafficSide ServedBy)
{
    /// <summary>What tells it from others of its type; null where it is alone.</summary>
    public string? SetIdentifier { get; init; }

    /// <summary>Its weight; null where it is not weighted.</summary>
    public int? Weight { get; init; }

    /// <summary>How long resolvers keep it; null for an alias.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>Whether it is an alias.</summary>
    public bool IsAlias { get; init; }

    /// <summary>The health check that it depends on; null for none.</summary>
    public string? HealthCheckId { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Type} {Target}";
}

/// <summary>How Route 53 chooses an answer for a name.</summary>
public enum TrafficRouting
{
    /// <summary>The name has no record that leads anywhere.</summary>
    None,

    /// <summary>There is one answer.</summary>
    Simple,

    /// <summary>By weights.</summary>
    Weighted,

    /// <summary>By the region that answers fastest.</summary>
    Latency,

    /// <summary>By where the question comes from.</summary>
    Geolocation,

    /// <summary>By distance, with a bias.</summary>
    Geoproximity,

    /// <summary>A second answer when the first is not healthy.</summary>
    Failover,

    /// <summary>Several healthy answers at once.</summary>
    Multivalue,

    /// <summary>By the network that the question comes from.</summary>
    IPBased,
}

/// <summary>Whose load balancer something leads to.</summary>
public enum TrafficSide
{
    /// <summary>To neither cluster's, or it is not known.</summary>
    Unknown,

    /// <summary>To blue's.</summary>
    Blue,

    /// <summary>To green's.</summary>
    Green,

    /// <summary>To both.</summary>
    Both,
}

/// <summary>What became of a host name's traffic.</summary>
public enum TrafficAction
{
    /// <summary>It was only looked at.</summary>
    None,

    /// <summary>It goes where it was to go.</summary>
    Switched,

    /// <summary>It went there already.</summary>
    Unchanged,

    /// <summary>It goes where it went before, with the very records of then.</summary>
    PutBack,

    /// <summary>It would be switched.</summary>
    Planned,

    /// <summary>It was not switched.</summary>
    Failed,
}
