using System.Xml;
using System.Xml.Linq;
using KonUpgrade.Sandbox.Aws;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Dns.Service;

/// <summary>The account's Route 53: a REST service whose bodies are XML.</summary>
internal sealed class Route53Service : IAwsService
{
    private const string Version = "2013-04-01";
    private static readonly XNamespace Space = $"https://route53.amazonaws.com/doc/{Version}/";

    private readonly DnsAccount _account;
    private readonly ZoneOperations _zones;
    private readonly RecordOperations _records;

    public Route53Service(DnsAccount account) => (_account, _zones, _records) = (account, new ZoneOperations(account), new RecordOperations(account));

    public string Name => "route53";

    public bool IsGlobal => true;

    public IAwsRequest Read(HttpRequest request, byte[] body)
    {
        string[] parts = (request.Path.Value ?? string.Empty).Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || parts[0] != Version) throw AwsError.NoOperation(request.Method, request.Path);
        return (request.Method, parts[1..]) switch
        {
            ("GET", ["hostedzone"]) => Of("ListHostedZones", "list", "hosted-zones", string.Empty, call => _zones.List(call)),
            ("POST", ["hostedzone"]) => Of("CreateHostedZone", "create", "hosted-zones", string.Empty, call => _zones.Create(call)),
            ("GET", ["hostedzonesbyname"]) => Of("ListHostedZonesByName", "list", "hosted-zones", string.Empty, call => _zones.ListByName(call)),
            ("GET", ["hostedzone", var id]) => Of("GetHostedZone", "get", "hosted-zones", id, call => _zones.Get(call)),
            ("GET", ["hostedzone", var id, "rrset"]) => Of("ListResourceRecordSets", "list", "record-sets", id, call => _records.List(call)),
            ("POST", ["hostedzone", var id, "rrset"]) => Of("ChangeResourceRecordSets", "update", "record-sets", id, call => _records.Change(call)),
            ("GET", ["change", var id]) => Of("GetChange", "get", "changes", id, call => _records.GetChange(call)),
            _ => throw AwsError.NotModelled($"{request.Method} {request.Path} of Route 53"),
        };

        Route53Request Of(string operation, string verb, string resource, string subject, Func<Route53Request, (int Status, XElement Body)> serve)
            => new(operation, verb, resource, subject, request.Query, ReadBody(body), call =>
            {
                (int status, XElement answer) done;
                lock (_account.Gate) done = serve(call);
                return XmlAnswers.In(Space, done.status, done.answer);
            });
    }

    public (string Type, string Message) Fault(bool isUnavailable)
        => isUnavailable ? ("ServiceUnavailable", "Service is unavailable") : ("InternalFailure", "Internal server error");

    public AwsAnswer Tell(AwsError error, string requestId) => XmlAnswers.Error(error, requestId, Space);

    private static XElement? ReadBody(byte[] body)
    {
        if (body.Length == 0) return null;
        try
        {
            using var stream = new MemoryStream(body);
            using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            XElement sent = XElement.Load(reader);
            return sent.Name.Namespace == Space ? sent : throw DnsError.Input($"Invalid XML ; cvc-elt.1: Cannot find the declaration of element '{sent.Name.LocalName}'.");
        }
        catch (XmlException unreadable)
        {
            throw DnsError.Input($"Invalid XML ; {unreadable.Message}");
        }
    }
}
