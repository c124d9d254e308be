using System.Xml.Linq;
using KonUpgrade.Engine.Aws.RestXml;

namespace KonUpgrade.Engine.Aws.Route53;

/// <summary>ChangeResourceRecordSets: makes all changes of a batch, or none.</summary>
internal static class ChangeResourceRecordSets
{
    public static RestXmlCall Call(string zoneId, IReadOnlyList<RecordChange> changes, string comment) =>
        new("ChangeResourceRecordSets", "POST", "/2013-04-01/hostedzone/{Id}/rrset/", ("Id", zoneId))
        {
            About = new AwsCall($"Route 53 did not change the hosted zone {zoneId}", "route53:ChangeResourceRecordSets", zoneId),
            Body = new XElement(Route53Xml.Space + "ChangeResourceRecordSetsRequest",
                new XElement(Route53Xml.Space + "ChangeBatch",
                    new XElement(Route53Xml.Space + "Comment", comment),
                    new XElement(Route53Xml.Space + "Changes", changes.Select(static change => new XElement(Route53Xml.Space + "Change",
                        new XElement(Route53Xml.Space + "Action", change.Action),
                        change.Record.ToXml(Route53Xml.Space)))))),
        };
}

/// <summary>One change of a batch.</summary>
/// <param name="Action"><c>CREATE</c>, <c>UPSERT</c>, or <c>DELETE</c>, for which the record set must be named exactly as it is.</param>
/// <param name="Record">The record set.</param>
public sealed record RecordChange(string Action, ResourceRecordSet Record)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Action} {Record}";
}
