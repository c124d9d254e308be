using System.Xml.Linq;

namespace KonUpgrade.Engine.Aws.Rds;

/// <summary>Reads elements whatever their namespace.</summary>
internal static class DatabaseXml
{
    public static XElement? Part(this XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name);

    public static string? Text(this XElement element, string name) => element.Part(name)?.Value is { Length: > 0 } text ? text : null;
}
