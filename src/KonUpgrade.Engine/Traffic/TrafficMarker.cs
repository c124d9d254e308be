using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Aws.Route53;

namespace KonUpgrade.Engine.Traffic;

/// <summary>
/// That a switch is under way, told by the zone itself: a TXT record beside the name, which comes with the first change of
/// a switch and goes with the last, in the same batches. It keeps what the records were, so that whoever comes after a stop
/// can go on, or back, with nothing but the zone.
/// </summary>
/// <param name="State">What was before.</param>
/// <param name="At">When the switch began.</param>
internal sealed record TrafficMarker(TrafficState State, DateTimeOffset At)
{
    private const string Heritage = "heritage=konupgrade";
    private const int Longest = 255;
    private const long Ttl = 60;

    /// <summary>The name of the record for a host name.</summary>
    public static string NameFor(string hostName) => hostName.StartsWith("*.", StringComparison.Ordinal) ? $"_konupgrade-wildcard.{hostName[2..]}" : $"_konupgrade.{hostName}";

    /// <summary>Reads a record; null where it is none of ours, or can't be read.</summary>
    public static TrafficMarker? Read(ResourceRecordSet record)
    {
        if (record.Type != "TXT" || record.Values is not [var value])
            return null;
        var texts = value.Split('"').Where(static (_, at) => at % 2 == 1).ToList();
        if (texts is not [Heritage, var at, .. var parts] || !long.TryParse(at, out var seconds))
            return null;
        try
        {
            return new TrafficMarker(TrafficState.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(string.Concat(parts)))), DateTimeOffset.FromUnixTimeSeconds(seconds));
        }
        catch (Exception e) when (e is FormatException or JsonException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>It as a record.</summary>
    public ResourceRecordSet ToRecord()
    {
        var body = Convert.ToBase64String(Encoding.UTF8.GetBytes(State.ToJson()));
        var texts = new[] { Heritage, At.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture) }.Concat(body.Chunk(Longest).Select(static part => new string(part)));
        return ResourceRecordSet.Of(HostNames.InZone(NameFor(State.HostName)), "TXT", Ttl, string.Join(' ', texts.Select(static text => $"\"{text}\"")));
    }
}
