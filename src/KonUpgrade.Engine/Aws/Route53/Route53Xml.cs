using System.Xml.Linq;

namespace KonUpgrade.Engine.Aws.Route53;

/// <summary>Reads the elements of the service's answers, whatever their namespace.</summary>
internal static class Route53Xml
{
    /// <summary>The namespace of requests.</summary>
    public static XNamespace Space { get; } = "https://route53.amazonaws.com/doc/2013-04-01/";

    /// <summary>The first child of a name; null where there is none.</summary>
    public static XElement? Part(this XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name);

    /// <summary>The text of a child; null where there is none.</summary>
    public static string? Text(this XElement element, string name) => element.Part(name)?.Value;

    /// <summary>The children of a list in an answer.</summary>
    public static IEnumerable<XElement> List(this XElement element, string name) => element.Part(name)?.Elements() ?? [];

    /// <summary>An id without the path before it: <c>/hostedzone/Z1</c> is Z1.</summary>
    public static string BareId(string id) => id[(id.LastIndexOf('/') + 1)..];
}
