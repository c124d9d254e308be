using System.Net;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;

namespace KonUpgrade.Engine.Aws;

/// <summary>The XML of answers and errors.</summary>
internal static class AwsXml
{
    /// <summary>The root of an answer; null where it is no XML, such as a proxy's page.</summary>
    public static XElement? Read(XmlUnmarshallerContext input)
    {
        try
        {
            using var reader = XmlReader.Create(input.Stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XElement.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>That an answer is no XML.</summary>
    public static AmazonUnmarshallingException NoXml() => new("it is no XML.", null, null, null, HttpStatusCode.OK);

    /// <summary>The error that an answer tells.</summary>
    public static AmazonServiceException Error(XElement? root, Exception inner, HttpStatusCode status)
    {
        var error = root?.DescendantsAndSelf().FirstOrDefault(static element => element.Name.LocalName == "Error");
        return Error(error is null ? "" : Deep(error, "Message"), error is null ? "" : Deep(error, "Code"), root, inner, status);
    }

    /// <summary>An error by its code.</summary>
    public static AmazonServiceException Error(string message, string code, XElement? root, Exception inner, HttpStatusCode status) =>
        new(message, inner, (int)status >= 500 ? ErrorType.Receiver : ErrorType.Sender, code, root is null ? "" : Deep(root, "RequestId"), status);

    /// <summary>The text of the first element of a name, however deep; empty where there is none.</summary>
    public static string Deep(XElement root, string name) => root.Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value ?? "";
}
