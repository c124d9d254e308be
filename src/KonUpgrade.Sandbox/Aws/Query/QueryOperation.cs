using System.Xml.Linq;

namespace KonUpgrade.Sandbox.Aws.Query;

/// <summary>An operation of a service of the query protocol.</summary>
/// <param name="Name">Its name in the service's model.</param>
/// <param name="Verb">What it does, as faults name it: get, list, create, update or delete.</param>
/// <param name="Resource">What it does it to, as faults name it: roles.</param>
/// <param name="Serve">Does it; gives what stands in the result, without namespaces, or null for an operation that has none.</param>
internal sealed record QueryOperation(string Name, string Verb, string Resource, Func<QueryForm, IEnumerable<XElement>?> Serve)
{
    /// <summary>The parameter that names what it is about; null where it is nothing single.</summary>
    public string? Subject { get; init; }
}
