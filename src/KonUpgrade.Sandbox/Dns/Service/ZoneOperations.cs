using System.Globalization;
using System.Xml.Linq;

namespace KonUpgrade.Sandbox.Dns.Service;

/// <summary>What is done with hosted zones.</summary>
internal sealed class ZoneOperations(DnsAccount account)
{
    public (int Status, XElement Body) List(Route53Request request)
    {
        HostedZone[] all = [.. account.Zones.OrderBy(zone => zone.Id, StringComparer.Ordinal)];
        int size = request.Size(account.Settings.MostInAPage), from = request.Asked("marker") is { } marker ? Array.FindIndex(all, zone => zone.Id == marker) : 0;
        if (from < 0) throw DnsError.Input($"The specified marker is invalid: {request.Asked("marker")}");
        HostedZone? next = all.ElementAtOrDefault(from + size);
        return (200, new XElement("ListHostedZonesResponse",
            new XElement("HostedZones", all.Skip(from).Take(size).Select(Describe)),
            new XElement("IsTruncated", next is not null),
            next is null ? null : new XElement("NextMarker", next.Id),
            new XElement("MaxItems", size)));
    }

    public (int Status, XElement Body) ListByName(Route53Request request)
    {
        string? name = request.Asked("dnsname"), id = request.Asked("hostedzoneid");
        if (id is not null && name is null) throw DnsError.Input("The parameter HostedZoneId needs the parameter DNSName.");
        string from = name is null ? string.Empty : DnsNames.Order(DnsNames.Normal(name));
        HostedZone[] all = [.. account.Zones.SkipWhile(zone => string.CompareOrdinal($"{DnsNames.Order(zone.Name)} {zone.Id}", $"{from} {id}") < 0)];
        int size = request.Size(Math.Min(100, account.Settings.MostInAPage));
        HostedZone? next = all.ElementAtOrDefault(size);
        return (200, new XElement("ListHostedZonesByNameResponse",
            new XElement("HostedZones", all.Take(size).Select(Describe)),
            name is null ? null : new XElement("DNSName", name),
            id is null ? null : new XElement("HostedZoneId", id),
            new XElement("IsTruncated", next is not null),
            next is null ? null : new XElement("NextDNSName", next.Name),
            next is null ? null : new XElement("NextHostedZoneId", next.Id),
            new XElement("MaxItems", size)));
    }

    public (int Status, XElement Body) Get(Route53Request request)
    {
        HostedZone zone = account.Zone(request.Subject);
        return (200, new XElement("GetHostedZoneResponse",
            Describe(zone),
            zone.IsPrivate
                ? new XElement("VPCs", new XElement("VPC", new XElement("VPCRegion", "eu-central-1"), new XElement("VPCId", "vpc-0123456789abcdef0")))
                : new XElement("DelegationSet", new XElement("NameServers", new XElement("NameServer", "ns-1.sandbox.test"), new XElement("NameServer", "ns-2.sandbox.test")))));
    }

    public (int Status, XElement Body) Create(Route53Request request)
    {
        string? Text(params string[] path) => path.Aggregate<string, XElement?>(request.Body, (element, part) => element?.Elements().FirstOrDefault(child => child.Name.LocalName == part))?.Value;
        string name = Text("Name") ?? throw DnsError.Input("Invalid XML ; Name is missing."), reference = Text("CallerReference") ?? throw DnsError.Input("Invalid XML ; CallerReference is missing.");
        if (account.Zones.Exists(zone => zone.CallerReference == reference)) throw DnsError.Exists(reference);
        HostedZone made = account.Add(new DnsZone(name) { IsPrivate = Text("VPC") is not null }, reference, Text("HostedZoneConfig", "Comment"));
        return (201, new XElement("CreateHostedZoneResponse", Describe(made), RecordOperations.ChangeInfo("C0000000000000", "INSYNC", account.Now, null)));
    }

    private static XElement Describe(HostedZone zone) => new("HostedZone",
        new XElement("Id", $"/hostedzone/{zone.Id}"),
        new XElement("Name", zone.Name),
        new XElement("CallerReference", zone.CallerReference),
        new XElement("Config", zone.Comment is null ? null : new XElement("Comment", zone.Comment), new XElement("PrivateZone", zone.IsPrivate)),
        new XElement("ResourceRecordSetCount", zone.Records.Count.ToString(CultureInfo.InvariantCulture)));
}
