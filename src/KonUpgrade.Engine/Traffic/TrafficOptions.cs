using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>Which traffic is meant.</summary>
public record TrafficOptions
{
    /// <summary>The host names, a wildcard as <c>*.example.com</c>.</summary>
    public required IReadOnlyList<string> HostName { get; init; }

    /// <summary>The hosted zone; null for the one with the longest name that the host name ends with, a public one before a private one.</summary>
    public string? HostedZoneId { get; init; }

    /// <summary>What has the load balancer on green, as <c>Ingress istio-system/shop</c> or <c>Service ns/name</c>; null to find it.</summary>
    public string? GreenSource { get; init; }

    /// <summary>The same on blue.</summary>
    public string? BlueSource { get; init; }
}

/// <summary>What a switch of traffic is to be like.</summary>
public sealed record TrafficSwitchOptions : TrafficOptions
{
    /// <summary>The side that traffic is to go to.</summary>
    public TrafficSide To { get; init; } = TrafficSide.Green;

    /// <summary>
    /// The stages: how many of a hundred questions are answered with the new side; the last one is 100. Empty for all at once,
    /// without weights: where both clusters would write to one store, never a part of the users may be on each.
    /// </summary>
    public IReadOnlyList<int> Weight { get; init; } = [];

    /// <summary>Whether percents are stages: each greater than the one before, and the last one 100.</summary>
    internal static bool AreStages(IReadOnlyList<int> weights) =>
        weights is [>= 1, ..] and [.., 100] && weights.Zip(weights.Skip(1)).All(static pair => pair.First < pair.Second);

    /// <summary>How long each stage is watched, once resolvers have it.</summary>
    public TimeSpan Soak { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long resolvers may keep an answer while the switch is under way.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What the new side's load balancer is asked, before and in each stage; null for nothing.</summary>
    public TrafficProbe? Probe { get; init; } = new();

    /// <summary>A name that leads to the new side's load balancer from the beginning of the switch to its end; null for none.</summary>
    public string? TestHostName { get; init; }

    /// <summary>Whether the test host stays where the switch goes back: somebody else has made it, and takes it away.</summary>
    public bool TestHostStays { get; init; }

    /// <summary>How long it may take until all name servers have a change.</summary>
    public TimeSpan InSyncTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What time it is.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>What a load balancer is asked, directly and not by its name in DNS, and what a good answer is.</summary>
public sealed record TrafficProbe
{
    /// <summary>What is asked for: a path (<c>/healthz</c>), asked of each host name by https, or a whole URL, whose host is named to the load balancer (Host, SNI).</summary>
    public Uri Uri { get; init; } = new("/", UriKind.Relative);

    /// <summary>The statuses of a good answer; empty for those from 200 to 399. Redirections are answers and not followed.</summary>
    public IReadOnlyList<int> ExpectedStatus { get; init; } = [];

    /// <summary>The longest time to an answer; null for any within <see cref="Timeout"/>.</summary>
    public TimeSpan? MaximumLatency { get; init; }

    /// <summary>From one question to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer is waited for.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many bad answers one after the other mean that the side does not serve.</summary>
    public int FailureThreshold { get; init; } = 3;

    /// <summary>Where the load balancer is asked, as <c>host[:port]</c>, where it can't be reached by its own name: by a tunnel, from a network that it is not in.</summary>
    public string? Address { get; init; }

    /// <summary>Whether any certificate will do.</summary>
    public bool SkipCertificateCheck { get; init; }
}
