using KonUpgrade.Engine.Aws.Route53;

namespace KonUpgrade.Engine.Traffic;

/// <summary>What a zone has of a host name.</summary>
/// <param name="HostName">The name.</param>
/// <param name="Zone">The zone.</param>
/// <param name="Records">The record sets of the name that lead anywhere.</param>
/// <param name="MarkerRecord">The record that says that a switch is under way; null where none is.</param>
internal sealed record HostView(string HostName, HostedZone Zone, IReadOnlyList<ResourceRecordSet> Records, ResourceRecordSet? MarkerRecord)
{
    /// <summary>What the marker says; null where there is none that can be read.</summary>
    public TrafficMarker? Marker { get; } = MarkerRecord is null ? null : TrafficMarker.Read(MarkerRecord);

    /// <summary>What external-dns' registry says of the name; null where it does not own it.</summary>
    public string? Owner { get; init; }

    /// <summary>The wildcard that answers for the name, which has no record of its own; null for none.</summary>
    public string? Wildcard { get; init; }

    /// <summary>The view as it would be with other records.</summary>
    public HostView With(IReadOnlyList<ResourceRecordSet> records, ResourceRecordSet? marker) => this with { Records = records, MarkerRecord = marker };

    /// <summary>What makes the records of the name those that they are to be; the marker comes and goes with them.</summary>
    public IReadOnlyList<RecordChange> ChangesTo(IReadOnlyList<ResourceRecordSet> wanted, ResourceRecordSet? marker)
    {
        var changes = new List<RecordChange>();
        var there = Records.ToDictionary(static record => record.Key);
        changes.AddRange(Records.Where(record => !wanted.Any(other => other.Key == record.Key)).Select(static record => new RecordChange("DELETE", record)));
        changes.AddRange(wanted.Where(record => !there.TryGetValue(record.Key, out var now) || !now.Same(record))
            .Select(record => new RecordChange(there.ContainsKey(record.Key) ? "UPSERT" : "CREATE", record)));
        if (marker is null && MarkerRecord is { } gone)
            changes.Add(new RecordChange("DELETE", gone));
        else if (marker is not null && MarkerRecord is null)
            changes.Add(new RecordChange("CREATE", marker));
        return changes;
    }
}
