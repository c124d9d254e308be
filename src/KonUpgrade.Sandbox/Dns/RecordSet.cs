using System.Globalization;
using System.Xml.Linq;

namespace KonUpgrade.Sandbox.Dns;

/// <summary>A resource record set, which is its XML without namespaces. Name, type and set identifier are its key.</summary>
internal sealed class RecordSet
{
    private static readonly string[] Policies = ["Weight", "Region", "Failover", "GeoLocation", "MultiValueAnswer", "GeoProximityLocation", "CidrRoutingConfig"];

    private readonly XElement _body;

    private RecordSet(XElement body) => _body = body;

    public string Name => Text("Name") ?? string.Empty;

    public string Type => Text("Type") ?? string.Empty;

    public string? SetIdentifier => Text("SetIdentifier");

    public long? Ttl => Number("TTL");

    public long? Weight => Number("Weight");

    public XElement? Alias => _body.Element("AliasTarget");

    public IReadOnlyList<string> Values => [.. _body.Element("ResourceRecords")?.Elements("ResourceRecord").Select(record => record.Element("Value")?.Value ?? string.Empty) ?? []];

    public bool HasValues => _body.Element("ResourceRecords") is not null;

    public bool IsTrafficPolicy => _body.Element("TrafficPolicyInstanceId") is not null;

    /// <summary>The routing policies that it names: one at most in what is valid.</summary>
    public IReadOnlyList<string> Routing => [.. Policies.Where(policy => _body.Element(policy) is not null)];

    public (string Name, string Type, string? SetIdentifier) Key => (Name, Type, SetIdentifier);

    /// <summary>What record sets of a zone are sorted by.</summary>
    public string Order => $"{DnsNames.Order(Name)} {Type} {SetIdentifier}";

    /// <summary>The record set as the service tells it.</summary>
    public XElement ToXml() => new(_body);

    /// <summary>Reads one from a request; names become as the service keeps them.</summary>
    public static RecordSet Read(XElement sent)
    {
        var body = new XElement("ResourceRecordSet", sent.Elements().Select(Bare));
        if (body.Element("Name") is { } name) name.Value = DnsNames.Normal(name.Value);
        if (body.Element("AliasTarget")?.Element("DNSName") is { } target) target.Value = DnsNames.Normal(target.Value);
        return new RecordSet(body);
    }

    /// <summary>One with values.</summary>
    public static RecordSet Of(string name, string type, long ttl, params string[] values) => Read(new XElement("ResourceRecordSet",
        new XElement("Name", name),
        new XElement("Type", type),
        new XElement("TTL", ttl),
        new XElement("ResourceRecords", values.Select(value => new XElement("ResourceRecord", new XElement("Value", value))))));

    /// <summary>Whether both say the same, in whatever order.</summary>
    public bool Same(RecordSet other) => Canonical(_body) == Canonical(other._body);

    /// <summary>How messages name it.</summary>
    public override string ToString() => SetIdentifier is null ? $"[name='{Name}', type='{Type}']" : $"[name='{Name}', type='{Type}', set-identifier='{SetIdentifier}']";

    private static XElement Bare(XElement element) => element.HasElements
        ? new XElement(element.Name.LocalName, element.Elements().Select(Bare))
        : new XElement(element.Name.LocalName, element.Value);

    private static string Canonical(XElement element) => element.HasElements
        ? $"<{element.Name.LocalName}>{string.Concat(element.Elements().Select(Canonical).Order(StringComparer.Ordinal))}</>"
        : $"<{element.Name.LocalName}>{element.Value}</>";

    private string? Text(string name) => _body.Element(name)?.Value;

    private long? Number(string name) => long.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
}
