using System.Xml.Linq;
using KonUpgrade.Sandbox.Aws;

namespace KonUpgrade.Sandbox.Dns;

/// <summary>
/// The sandbox's Route 53, at the same address and with the same key as its EKS. Requests are struck by the sandbox's
/// faults. It answers no queries for names: it is the service's API.
/// </summary>
public sealed class SandboxDns
{
    private readonly DnsAccount _account;

    internal SandboxDns(DnsAccount account) => _account = account;

    /// <summary>How it behaves; can be changed while it runs. Zones are added otherwise.</summary>
    public DnsSettings Settings
    {
        get { lock (_account.Gate) return _account.Settings; }
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (_account.Gate) _account.Settings = value;
        }
    }

    /// <summary>What its clock shows.</summary>
    public DateTimeOffset Now => _account.Now;

    /// <summary>Names and ids of the zones.</summary>
    public IReadOnlyList<DnsZone> Zones
    {
        get { lock (_account.Gate) return [.. _account.Zones.Select(zone => new DnsZone(zone.Name.TrimEnd('.')) { Id = zone.Id, IsPrivate = zone.IsPrivate })]; }
    }

    /// <summary>The id of the zone of a name; of several the one that anybody can ask.</summary>
    /// <exception cref="SandboxException">There is none.</exception>
    public string ZoneId(string name)
        => Zones.OrderBy(zone => zone.IsPrivate).FirstOrDefault(zone => zone.Name == name)?.Id ?? throw new SandboxException($"Route 53 has no zone '{name}'.");

    /// <summary>Adds a zone; gives its id.</summary>
    public string Add(DnsZone zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        lock (_account.Gate) return _account.Add(zone).Id;
    }

    /// <summary>The record sets of a zone, each as its XML, in the service's order.</summary>
    /// <exception cref="SandboxException">There is no such zone.</exception>
    public IReadOnlyList<string> Records(string zoneId) => Do(() => _account.Zone(zoneId).Records.Select(record => record.ToXml().ToString(SaveOptions.DisableFormatting)).ToArray());

    /// <summary>Lays record sets into a zone past network and faults, but by the service's rules; what is there is replaced.</summary>
    /// <param name="zoneId">The zone.</param>
    /// <param name="records">Each one ResourceRecordSet as XML.</param>
    /// <exception cref="SandboxException">There is no such zone, or it refuses one of them.</exception>
    public void Put(string zoneId, params string[] records)
        => Do(() => _account.Change(_account.Zone(zoneId), [.. records.Select(xml => ("UPSERT", RecordSet.Read(XElement.Parse(xml))))]));

    /// <summary>Moves its clock on.</summary>
    public void Advance(TimeSpan by)
    {
        lock (_account.Gate) _account.Advance(by);
    }

    private T Do<T>(Func<T> work)
    {
        lock (_account.Gate)
        {
            try
            {
                return work();
            }
            catch (AwsError refused)
            {
                throw new SandboxException($"{refused.Type}: {refused.Message}", refused);
            }
        }
    }
}
