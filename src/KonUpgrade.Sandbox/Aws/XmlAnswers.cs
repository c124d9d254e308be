using System.Xml.Linq;

namespace KonUpgrade.Sandbox.Aws;

/// <summary>The answers of services that speak XML.</summary>
internal static class XmlAnswers
{
    /// <summary>An answer, all of it in the service's namespace.</summary>
    public static AwsAnswer In(XNamespace space, int status, XElement root)
    {
        foreach (XElement element in root.DescendantsAndSelf()) element.Name = space + element.Name.LocalName;
        return AwsAnswer.Xml(status, root);
    }

    // What all services have in common has other names here.
    public static AwsAnswer Error(AwsError error, string requestId, XNamespace space)
    {
        (int status, string code) = error.Type switch
        {
            "ThrottlingException" => (400, "Throttling"),
            "PriorRequestNotComplete" => (400, "PriorRequestNotComplete"),
            "AccessDeniedException" => (403, "AccessDenied"),
            "UnrecognizedClientException" => (403, "InvalidClientTokenId"),
            "InvalidSignatureException" => (403, "SignatureDoesNotMatch"),
            "MissingAuthenticationTokenException" => (403, "MissingAuthenticationToken"),
            "IncompleteSignatureException" => (400, "IncompleteSignature"),
            var own => (error.Status, own),
        };
        return In(space, status, new XElement("ErrorResponse",
            new XElement("Error", new XElement("Type", status >= 500 ? "Receiver" : "Sender"), new XElement("Code", code), new XElement("Message", error.Message)),
            new XElement("RequestId", requestId)));
    }
}
