using KonUpgrade.Sandbox.Aws;

namespace KonUpgrade.Sandbox.Dns;

/// <summary>A hosted zone and its record sets, in the order in which the service lists them.</summary>
internal sealed class HostedZone
{
    private SortedDictionary<string, RecordSet> _records = new(StringComparer.Ordinal);

    public HostedZone(string id, string name, bool isPrivate, string callerReference)
    {
        (Id, Name, IsPrivate, CallerReference) = (id, DnsNames.Normal(name), isPrivate, callerReference);
        foreach (RecordSet own in (RecordSet[])
        [
            RecordSet.Of(Name, "NS", 172_800, "ns-1.sandbox.test.", "ns-2.sandbox.test."),
            RecordSet.Of(Name, "SOA", 900, "ns-1.sandbox.test. hostmaster.sandbox.test. 1 7200 900 1209600 86400"),
        ]) _records.Add(own.Order, own);
    }

    public string Id { get; }

    public string Name { get; }

    public bool IsPrivate { get; }

    public string CallerReference { get; }

    public string? Comment { get; init; }

    public IReadOnlyCollection<RecordSet> Records => _records.Values;

    /// <summary>Makes all changes, or none.</summary>
    /// <param name="changes">What is to be done with which record set.</param>
    /// <param name="aliasProblem">What is wrong with the target of an alias; null where nothing is.</param>
    /// <exception cref="AwsError">InvalidInput, InvalidChangeBatch.</exception>
    public void Apply(IReadOnlyList<(string Action, RecordSet Record)> changes, Func<RecordSet, string?> aliasProblem)
    {
        foreach ((string action, RecordSet record) in changes)
        {
            if (RecordRules.Shape(action, record) is { } wrong) throw DnsError.Input(wrong);
        }
        var problems = new List<string>();
        var after = new SortedDictionary<string, RecordSet>(_records, StringComparer.Ordinal);
        foreach (IGrouping<(string, string, string?), (string Action, RecordSet Record)> twice in changes.GroupBy(change => change.Record.Key).Where(group => group.Count() > 1))
        {
            // What is deleted may be made anew in the same batch, and nothing else twice.
            if (twice.Count() == 2 && twice.First().Action == "DELETE" && twice.Last().Action != "DELETE") continue;
            problems.Add($"The request contains an invalid set of changes for a resource record set '{twice.First().Record.Type} {twice.First().Record.Name}'");
        }
        foreach ((string action, RecordSet record) in changes)
        {
            if (!DnsNames.IsIn(record.Name, Name))
            {
                problems.Add($"RRSet with DNS name {record.Name} is not permitted in zone {Name}");
                continue;
            }
            RecordSet? there = after.GetValueOrDefault(record.Order);
            if (action == "DELETE")
            {
                if (there is null) problems.Add($"Tried to delete resource record set {record} but it was not found");
                else if (!there.Same(record)) problems.Add($"Tried to delete resource record set {record} but the values provided do not match the current values");
                else if (record.Name == Name && record.Type is "NS" or "SOA") problems.Add($"A HostedZone must contain exactly one {record.Type} record.");
                else after.Remove(record.Order);
                continue;
            }
            if (action == "CREATE" && there is not null) problems.Add($"Tried to create resource record set {record} but it already exists");
            else if ((RecordRules.Values(record) ?? aliasProblem(record)) is { } wrong) problems.Add(wrong);
            else after[record.Order] = record;
        }
        if (problems.Count == 0)
        {
            problems.AddRange(changes.Where(change => after.GetValueOrDefault(change.Record.Order) == change.Record)
                .Select(change => RecordRules.Beside(change.Record, this, after.Values)).OfType<string>().Distinct());
        }
        if (problems.Count > 0) throw DnsError.Batch(problems);
        _records = after;
    }
}
