using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Behaviors;
using KonUpgrade.Sandbox.DataPlane.Clocks;

namespace KonUpgrade.Sandbox.Dns;

/// <summary>The account's hosted zones, and the changes that were made to them. Everything in it changes under its gate.</summary>
internal sealed class DnsAccount
{
    private readonly SimulationClock _clock = new();
    private readonly string _identity = Guid.NewGuid().ToString();
    private readonly Dictionary<string, DateTimeOffset> _changes = new(StringComparer.Ordinal);
    private DnsSettings _settings;

    public DnsAccount(DnsSettings settings)
    {
        _settings = settings;
        _clock.Speed = settings.Speed;
        foreach (DnsZone zone in settings.Zones) Add(zone);
    }

    /// <summary>Held for a moment by whoever reads or changes anything.</summary>
    public object Gate { get; } = new();

    public DnsSettings Settings
    {
        get => _settings;
        set => (_settings, _clock.Speed) = (value, value.Speed);
    }

    public DateTimeOffset Now => _clock.Now;

    /// <summary>The zones, sorted by their names.</summary>
    public List<HostedZone> Zones { get; } = [];

    /// <summary>What is wrong with the target of an alias; null where nothing is. Load balancers are told from outside.</summary>
    public Func<string, string, bool?> TargetIsIn { get; set; } = (_, _) => null;

    public void Advance(TimeSpan by) => _clock.MoveTo(_clock.Now + by);

    /// <exception cref="AwsError">There is none.</exception>
    public HostedZone Zone(string id) => Zones.Find(zone => zone.Id == id) ?? throw DnsError.NoZone(id);

    public HostedZone Add(DnsZone zone, string? callerReference = null, string? comment = null)
    {
        string id = zone.Id ?? $"Z{Stable.Uid($"{_identity}/{zone.Name}/{zone.IsPrivate}/{Zones.Count}").Replace("-", string.Empty, StringComparison.Ordinal).ToUpperInvariant()[..20]}";
        var made = new HostedZone(id, zone.Name, zone.IsPrivate, callerReference ?? id) { Comment = comment };
        Zones.Add(made);
        Zones.Sort((one, other) => string.CompareOrdinal($"{DnsNames.Order(one.Name)} {one.Id}", $"{DnsNames.Order(other.Name)} {other.Id}"));
        return made;
    }

    /// <summary>Changes a zone; gives the id of the change.</summary>
    public (string Id, DateTimeOffset At) Change(HostedZone zone, IReadOnlyList<(string Action, RecordSet Record)> changes)
    {
        zone.Apply(changes, AliasProblem);
        string id = $"C{Stable.Uid($"{_identity}/change/{_changes.Count}").Replace("-", string.Empty, StringComparison.Ordinal).ToUpperInvariant()[..20]}";
        DateTimeOffset at = Now;
        _changes.Add(id, at);
        return (id, at);
    }

    /// <summary>When a change was made, and whether all name servers have it.</summary>
    public (DateTimeOffset At, bool IsInSync) StatusOf(string id)
        => _changes.TryGetValue(id, out DateTimeOffset at) ? (at, Now >= at + Settings.InSyncAfter) : throw DnsError.NoChange(id);

    private string? AliasProblem(RecordSet record)
    {
        if (record.Alias is not { } alias) return null;
        string target = alias.Element("DNSName")!.Value, id = alias.Element("HostedZoneId")!.Value;
        string what = $"Tried to create an alias that targets {target}, type {record.Type} in zone {id}";
        if (Zones.Find(zone => zone.Id == id) is { } own)
        {
            if (!DnsNames.IsIn(target, own.Name)) return $"{what}, but the alias target name does not lie within the target zone";
            return own.Records.Any(other => other.Name == target && other.Type == record.Type) ? null : $"{what}, but that target was not found";
        }
        return TargetIsIn(target, id) == false ? $"{what}, but the alias target name does not lie within the target zone" : null;
    }
}
