using System.Net;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;

namespace KonUpgrade.Engine.Aws.Query;

/// <summary>An answer of the query protocol.</summary>
internal sealed class QueryResponse : AmazonWebServiceResponse
{
    /// <summary>The answer's name: <c>GetRoleResponse</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>What stands in the answer's result; empty where it has none.</summary>
    public XElement Result { get; set; } = new("Result");

    /// <summary>The element of a path of names below the result, whatever their namespace; null where it is not there.</summary>
    public XElement? Find(params string[] path) =>
        path.Aggregate<string, XElement?>(Result, (element, name) => element?.Elements().FirstOrDefault(child => child.Name.LocalName == name));

    /// <summary>The text of the element of a path; empty where it is not there.</summary>
    public string Text(params string[] path) => Find(path)?.Value ?? "";

    /// <summary>A document in the answer, which is encoded as in a URL.</summary>
    public string Decoded(params string[] path) => Uri.UnescapeDataString(Text(path));
}

/// <summary>Takes answers and errors from the SDK.</summary>
internal sealed class QueryUnmarshaller : XmlResponseUnmarshaller
{
    public static QueryUnmarshaller Instance { get; } = new();

    /// <inheritdoc/>
    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input)
    {
        var root = AwsXml.Read(input) ?? throw AwsXml.NoXml();
        return new QueryResponse
        {
            Name = root.Name.LocalName,
            Result = root.Elements().FirstOrDefault(element => element.Name.LocalName.EndsWith("Result", StringComparison.Ordinal)) ?? new XElement("Result"),
            ResponseMetadata = new ResponseMetadata { RequestId = AwsXml.Deep(root, "RequestId") },
        };
    }

    /// <inheritdoc/>
    public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode) =>
        AwsXml.Error(AwsXml.Read(input), innerException, statusCode);
}
