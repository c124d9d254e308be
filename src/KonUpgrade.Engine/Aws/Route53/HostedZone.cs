using System.Globalization;
using System.Xml.Linq;

namespace KonUpgrade.Engine.Aws.Route53;

/// <summary>A hosted zone.</summary>
public sealed record HostedZone
{
    /// <summary>The id, without <c>/hostedzone/</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The name, with a dot at its end.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it answers within networks (VPCs) alone.</summary>
    public bool PrivateZone { get; init; }

    /// <summary>How many record sets it has; null where the service does not say.</summary>
    public long? ResourceRecordSetCount { get; init; }

    internal static HostedZone Read(XElement zone) => new()
    {
        Id = Route53Xml.BareId(zone.Text("Id") ?? ""),
        Name = zone.Text("Name") ?? "",
        PrivateZone = bool.TryParse(zone.Part("Config")?.Text("PrivateZone"), out var isPrivate) && isPrivate,
        ResourceRecordSetCount = long.TryParse(zone.Text("ResourceRecordSetCount"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null,
    };
}
