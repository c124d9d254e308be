using System.Globalization;

namespace KonUpgrade.Engine.Traffic;

/// <summary>A stage of a switch, told before it is made.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Percent">How many of a hundred questions are answered with the new side in it.</param>
/// <param name="Wait">How long it lasts once all name servers have it.</param>
/// <param name="Changes">What it changes; nothing else in the zones is touched.</param>
public sealed record TrafficStage(TrafficStageKind Kind, int Percent, TimeSpan Wait, IReadOnlyList<TrafficChange> Changes)
{
    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        TrafficStageKind.TestHost => "add the test host",
        TrafficStageKind.LowerTtl => string.Create(CultureInfo.InvariantCulture, $"lower the TTL, and wait {Wait} until the old one has run out"),
        TrafficStageKind.Settle => "restore form and TTL",
        TrafficStageKind.PutBack => "put back the records of before",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Percent} % for {Wait}"),
    };
}

/// <summary>A change of one record set, told before it is made.</summary>
/// <param name="HostedZoneId">The zone.</param>
/// <param name="Action"><c>CREATE</c>, <c>UPSERT</c> or <c>DELETE</c>.</param>
/// <param name="Record">The record set as JSON, as the aws program has it.</param>
public sealed record TrafficChange(string HostedZoneId, string Action, string Record);

/// <summary>What a stage of a switch is.</summary>
public enum TrafficStageKind
{
    /// <summary>The test host is added.</summary>
    TestHost,

    /// <summary>The lifetime is lowered, and the old one waited out.</summary>
    LowerTtl,

    /// <summary>A part of the traffic, or all of it, goes to the new side.</summary>
    Shift,

    /// <summary>Form and lifetime of before are restored; the test host goes.</summary>
    Settle,

    /// <summary>The records of before are put back.</summary>
    PutBack,
}
