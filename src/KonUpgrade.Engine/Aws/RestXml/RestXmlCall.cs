using System.Xml.Linq;

namespace KonUpgrade.Engine.Aws.RestXml;

/// <summary>A call of the REST-XML protocol: a method and a path, and XML both ways.</summary>
/// <param name="Operation">The operation, named as in the service's model.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, with names in braces for what differs.</param>
/// <param name="PathValues">The values in the path, by their names; none of them may be empty, or another operation would be called.</param>
internal sealed record RestXmlCall(string Operation, string Method, string Path, params (string Name, string Value)[] PathValues)
{
    /// <summary>What it is for, for messages.</summary>
    public required AwsCall About { get; init; }

    /// <summary>The query; what is null is left out.</summary>
    public IReadOnlyList<(string Name, string? Value)> Query { get; init; } = [];

    /// <summary>The body, or null for none.</summary>
    public XElement? Body { get; init; }
}
