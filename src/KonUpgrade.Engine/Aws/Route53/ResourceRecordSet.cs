using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace KonUpgrade.Engine.Aws.Route53;

/// <summary>
/// A resource record set, whole: a field that is not known here survives, so that what is put back is what was. Name, type
/// and set identifier are its key in the zone. It does not change: what would be another one is made from it.
/// </summary>
public sealed class ResourceRecordSet
{
    // The order of the service's model, in which its XML is written.
    private static readonly string[] s_order =
    [
        "Name", "Type", "SetIdentifier", "Weight", "Region", "GeoLocation", "Failover", "MultiValueAnswer", "TTL", "ResourceRecords", "AliasTarget",
        "HealthCheckId", "TrafficPolicyInstanceId", "CidrRoutingConfig", "GeoProximityLocation",
    ];

    private static readonly JsonSerializerOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly XElement _body;

    private ResourceRecordSet(XElement body) => _body = body;

    /// <summary>The name as the service writes it: in small letters, with a dot at the end, <c>*</c> as <c>\052</c>.</summary>
    public string Name => _body.Text("Name") ?? "";

    /// <summary>The type: <c>A</c>, <c>CNAME</c>.</summary>
    public string Type => _body.Text("Type") ?? "";

    /// <summary>What tells those of one name and type apart; null where there is one alone.</summary>
    public string? SetIdentifier => _body.Text("SetIdentifier");

    /// <summary>The weight, 0 to 255; null where it is not weighted.</summary>
    public int? Weight => (int?)Number("Weight");

    /// <summary>How long resolvers may keep it, in seconds; null for an alias.</summary>
    public long? Ttl => Number("TTL");

    /// <summary>The values; empty for an alias.</summary>
    public IReadOnlyList<string> Values => [.. _body.List("ResourceRecords").Select(static record => record.Text("Value") ?? "")];

    /// <summary>What an alias stands for; null where it is none.</summary>
    public AliasTarget? AliasTarget => _body.Part("AliasTarget") is { } alias
        ? new AliasTarget(alias.Text("HostedZoneId") ?? "", alias.Text("DNSName") ?? "", alias.Text("EvaluateTargetHealth") == "true")
        : null;

    /// <summary>The health check that it depends on; null for none.</summary>
    public string? HealthCheckId => _body.Text("HealthCheckId");

    /// <summary>The traffic policy that made it, and that alone may change it; null for none.</summary>
    public string? TrafficPolicyInstanceId => _body.Text("TrafficPolicyInstanceId");

    /// <summary>The field that names its routing policy: <c>Weight</c>, <c>Region</c> (latency), <c>Failover</c>, …; null where it is simple.</summary>
    public string? RoutingField => Array.Find(["Weight", "Region", "GeoLocation", "Failover", "MultiValueAnswer", "CidrRoutingConfig", "GeoProximityLocation"], name => _body.Part(name) is not null);

    /// <summary>Name, type and set identifier.</summary>
    public (string Name, string Type, string? SetIdentifier) Key => (Name, Type, SetIdentifier);

    /// <summary>A record set with values.</summary>
    public static ResourceRecordSet Of(string name, string type, long ttl, params string[] values) => new(new XElement("ResourceRecordSet",
        new XElement("Name", name),
        new XElement("Type", type),
        new XElement("TTL", ttl),
        Records(values)));

    /// <summary>A record set that is an alias.</summary>
    public static ResourceRecordSet OfAlias(string name, string type, AliasTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new(new XElement("ResourceRecordSet", new XElement("Name", name), new XElement("Type", type), target.ToXml()));
    }

    /// <summary>Reads one from the service's XML.</summary>
    internal static ResourceRecordSet Read(XElement xml) => new(new XElement("ResourceRecordSet", xml.Elements().Select(Bare)));

    /// <summary>Reads one from JSON as <see cref="ToJson()"/> writes it, which is as the aws program has it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static ResourceRecordSet Parse(string json)
    {
        try
        {
            var body = new XElement("ResourceRecordSet", JsonNode.Parse(json)!.AsObject().Select(static member => FromJson(member.Key, member.Value)));
            return body.Text("Name") is { Length: > 0 } && body.Text("Type") is { Length: > 0 } ? new ResourceRecordSet(body) : throw new JsonException("A record set has a name and a type.");
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException or System.Xml.XmlException)
        {
            throw new JsonException("It is no record set.", e);
        }
    }

    /// <summary>It as JSON, as the aws program has it.</summary>
    public string ToJson() => new JsonObject(_body.Elements().Select(static element => KeyValuePair.Create(element.Name.LocalName, (JsonNode?)ToJson(element)))).ToJsonString(s_compact);

    /// <summary>It as XML of a namespace.</summary>
    internal XElement ToXml(XNamespace space)
    {
        var copy = new XElement(_body);
        foreach (var element in copy.DescendantsAndSelf())
            element.Name = space + element.Name.LocalName;
        return copy;
    }

    /// <summary>The same with another set identifier and weight.</summary>
    public ResourceRecordSet Weighted(string setIdentifier, int weight) => With(("SetIdentifier", setIdentifier), ("Weight", weight));

    /// <summary>The same with another lifetime; an alias has none, and stays as it is.</summary>
    public ResourceRecordSet Living(long ttl) => Ttl is null ? this : With(("TTL", ttl));

    /// <summary>The same with other values.</summary>
    public ResourceRecordSet Pointing(params string[] values)
    {
        var body = new XElement(_body);
        body.Part("ResourceRecords")?.ReplaceWith(Records(values));
        return new ResourceRecordSet(body);
    }

    /// <summary>The same as an alias of something else.</summary>
    public ResourceRecordSet Pointing(AliasTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var body = new XElement(_body);
        body.Part("AliasTarget")?.ReplaceWith(target.ToXml());
        return new ResourceRecordSet(body);
    }

    /// <summary>The same without its health check.</summary>
    public ResourceRecordSet Unchecked() => With(("HealthCheckId", null));

    /// <summary>Whether both say the same, field by field.</summary>
    public bool Same(ResourceRecordSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Canonical(_body) == Canonical(other._body);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var what = AliasTarget is { } alias ? $"alias {alias.DNSName}" : $"{string.Join(", ", Values)}, TTL {Ttl}";
        return $"{Name} {Type}{(SetIdentifier is { } id ? $" '{id}'" : "")}{(Weight is { } weight ? string.Create(CultureInfo.InvariantCulture, $" weight {weight}") : "")}: {what}";
    }

    private static XElement Records(IEnumerable<string> values) => new("ResourceRecords", values.Select(static value => new XElement("ResourceRecord", new XElement("Value", value))));

    private static XElement Bare(XElement element) => element.HasElements
        ? new XElement(element.Name.LocalName, element.Elements().Select(Bare))
        : new XElement(element.Name.LocalName, element.Value);

    // The values of a record set have no order.
    private static string Canonical(XElement element) => element.HasElements
        ? $"<{element.Name.LocalName}>{string.Concat(element.Elements().Select(Canonical).Order(StringComparer.Ordinal))}</>"
        : $"<{element.Name.LocalName}>{element.Value}</>";

    private static JsonNode ToJson(XElement element) => element.Name.LocalName switch
    {
        "ResourceRecords" => new JsonArray([.. element.Elements().Select(static record => (JsonNode?)ToJson(record))]),
        "TTL" or "Weight" when long.TryParse(element.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        "EvaluateTargetHealth" or "MultiValueAnswer" when bool.TryParse(element.Value, out var flag) => JsonValue.Create(flag),
        _ when element.HasElements => new JsonObject(element.Elements().Select(static child => KeyValuePair.Create(child.Name.LocalName, (JsonNode?)ToJson(child)))),
        _ => JsonValue.Create(element.Value),
    };

    private static XElement FromJson(string name, JsonNode? value) => value switch
    {
        JsonArray list => new XElement(name, list.Select(static item => FromJson("ResourceRecord", item))),
        JsonObject parts => new XElement(name, parts.Select(static member => FromJson(member.Key, member.Value))),
        JsonValue one when one.GetValueKind() is JsonValueKind.True or JsonValueKind.False => new XElement(name, one.GetValue<bool>()),
        JsonValue one when one.GetValueKind() == JsonValueKind.String => new XElement(name, one.GetValue<string>()),
        _ => new XElement(name, value?.ToJsonString() ?? ""),
    };

    private ResourceRecordSet With(params (string Name, object? Value)[] fields)
    {
        var body = new XElement(_body);
        foreach (var (name, value) in fields)
        {
            body.Part(name)?.Remove();
            if (value is not null)
                body.Add(new XElement(name, value));
        }
        return new ResourceRecordSet(new XElement(body.Name, body.Elements().OrderBy(static element => Array.IndexOf(s_order, element.Name.LocalName) is >= 0 and var at ? at : s_order.Length)));
    }

    private long? Number(string name) => long.TryParse(_body.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>What an alias stands for.</summary>
/// <param name="HostedZoneId">The zone that the target lies in; of a load balancer, its region's (CanonicalHostedZoneId).</param>
/// <param name="DNSName">The target's name, as the service writes it.</param>
/// <param name="EvaluateTargetHealth">Whether the alias is answered only while the target is healthy.</param>
public sealed record AliasTarget(string HostedZoneId, string DNSName, bool EvaluateTargetHealth)
{
    internal XElement ToXml() => new("AliasTarget", new XElement("HostedZoneId", HostedZoneId), new XElement("DNSName", DNSName), new XElement("EvaluateTargetHealth", EvaluateTargetHealth));
}
