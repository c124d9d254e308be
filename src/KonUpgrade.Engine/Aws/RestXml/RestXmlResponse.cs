using System.Net;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;

namespace KonUpgrade.Engine.Aws.RestXml;

/// <summary>An answer of the REST-XML protocol.</summary>
internal sealed class RestXmlResponse : AmazonWebServiceResponse
{
    /// <summary>The answer's root.</summary>
    public XElement Root { get; set; } = new("Response");
}

/// <summary>Takes answers and errors from the SDK.</summary>
internal sealed class RestXmlUnmarshaller : XmlResponseUnmarshaller
{
    public static RestXmlUnmarshaller Instance { get; } = new();

    /// <inheritdoc/>
    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input) => new RestXmlResponse
    {
        Root = AwsXml.Read(input) ?? throw AwsXml.NoXml(),
        ResponseMetadata = new ResponseMetadata(),
    };

    /// <inheritdoc/>
    public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var root = AwsXml.Read(input);
        if (root?.Name.LocalName is not "InvalidChangeBatch")
            return AwsXml.Error(root, innerException, statusCode);
        // Route 53's oldest error of all has a shape of its own, with a list of messages.
        var messages = root.Descendants().Where(static element => element.Name.LocalName == "Message" && !element.HasElements).Select(static element => element.Value);
        return AwsXml.Error($"[{string.Join(", ", messages)}]", root.Name.LocalName, root, innerException, statusCode);
    }
}
