using System.Xml.Linq;

namespace KonUpgrade.Sandbox.Dns.Service;

/// <summary>What is done with the record sets of a zone.</summary>
internal sealed class RecordOperations(DnsAccount account)
{
    public (int Status, XElement Body) List(Route53Request request)
    {
        HostedZone zone = account.Zone(request.Subject);
        string? name = request.Asked("name"), type = request.Asked("type"), identifier = request.Asked("identifier");
        if (type is not null && name is null) throw DnsError.Input("The input is not valid: a type needs a name.");
        string from = name is null ? string.Empty : $"{DnsNames.Order(DnsNames.Normal(name))} {type} {identifier}".TrimEnd();
        RecordSet[] all = [.. zone.Records.SkipWhile(record => string.CompareOrdinal(record.Order, from) < 0)];
        int size = request.Size(account.Settings.MostInAPage);
        RecordSet? next = all.ElementAtOrDefault(size);
        return (200, new XElement("ListResourceRecordSetsResponse",
            new XElement("ResourceRecordSets", all.Take(size).Select(record => record.ToXml())),
            new XElement("IsTruncated", next is not null),
            next is null ? null : new XElement("NextRecordName", next.Name),
            next is null ? null : new XElement("NextRecordType", next.Type),
            next?.SetIdentifier is null ? null : new XElement("NextRecordIdentifier", next.SetIdentifier),
            new XElement("MaxItems", size)));
    }

    public (int Status, XElement Body) Change(Route53Request request)
    {
        HostedZone zone = account.Zone(request.Subject);
        XElement? batch = Child(request.Body, "ChangeBatch");
        (string, RecordSet)[] changes = [.. Child(batch, "Changes")?.Elements().Select(change => (
            Child(change, "Action")?.Value ?? string.Empty,
            RecordSet.Read(Child(change, "ResourceRecordSet") ?? throw DnsError.Input("Invalid XML ; ResourceRecordSet is missing.")))) ?? []];
        if (changes.Length == 0) throw DnsError.Input("Invalid XML ; The content of element 'Changes' is not complete.");
        (string id, DateTimeOffset at) = account.Change(zone, changes);
        return (200, new XElement("ChangeResourceRecordSetsResponse", ChangeInfo(id, "PENDING", at, Child(batch, "Comment")?.Value)));
    }

    public (int Status, XElement Body) GetChange(Route53Request request)
    {
        (DateTimeOffset at, bool isInSync) = account.StatusOf(request.Subject);
        return (200, new XElement("GetChangeResponse", ChangeInfo(request.Subject, isInSync ? "INSYNC" : "PENDING", at, null)));
    }

    public static XElement ChangeInfo(string id, string status, DateTimeOffset at, string? comment) => new("ChangeInfo",
        new XElement("Id", $"/change/{id}"),
        new XElement("Status", status),
        new XElement("SubmittedAt", DnsNames.Time(at)),
        comment is null ? null : new XElement("Comment", comment));

    private static XElement? Child(XElement? element, string name) => element?.Elements().FirstOrDefault(child => child.Name.LocalName == name);
}
