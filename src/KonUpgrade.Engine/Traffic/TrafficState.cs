using System.Text.Json;
using System.Text.Json.Serialization;
using KonUpgrade.Engine.Aws.Route53;

namespace KonUpgrade.Engine.Traffic;

/// <summary>
/// What the records of a host name were before a switch, whole, and where it was to lead: enough to put them back exactly
/// (<see cref="TrafficSwitch.PutBackAsync"/>), and to see that nobody else has changed them since. It holds no secret.
/// </summary>
public sealed record TrafficState
{
    /// <summary>The host name.</summary>
    public required string HostName { get; init; }

    /// <summary>The hosted zone.</summary>
    public required string HostedZoneId { get; init; }

    /// <summary>The record sets of the name that lead anywhere, each as JSON, as the aws program has it.</summary>
    public required IReadOnlyList<string> Records { get; init; }

    /// <summary>The name or address of the load balancer that the name was to lead to.</summary>
    public required string Target { get; init; }

    /// <summary>How many seconds an answer is kept for when these records hold; null where all are aliases, whose time is their targets'.</summary>
    [JsonIgnore]
    public long? Ttl => Sets.Select(static record => record.Ttl).Max();

    /// <summary>The state as JSON, for a journal.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is no state.</exception>
    public static TrafficState Parse(string json) => JsonSerializer.Deserialize<TrafficState>(json) is { } state && state.Sets.Count > 0 ? state : throw new JsonException("It is no state of traffic.");

    internal IReadOnlyList<ResourceRecordSet> Sets => [.. Records.Select(ResourceRecordSet.Parse)];

    /// <summary>Whether what a zone has of the name can come of this switch: every record leads where one did before, or where it was to lead.</summary>
    internal bool Explains(HostView view)
    {
        HashSet<string> known = [Target, .. Sets.SelectMany(TrafficEnds.TargetsOf)];
        return view.Records.Count > 0 && view.Records.All(record => TrafficEnds.TargetsOf(record).All(known.Contains));
    }

    internal static TrafficState Of(string hostName, string zoneId, IEnumerable<ResourceRecordSet> records, string target) =>
        new() { HostName = hostName, HostedZoneId = zoneId, Records = [.. records.Select(static record => record.ToJson())], Target = target };
}
