using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Aws.Query;

/// <summary>A service of the query protocol: an action and its parameters as a form, XML as the answer.</summary>
/// <param name="name">The name that its requests are signed for.</param>
/// <param name="space">The namespace of its answers.</param>
/// <param name="gate">Held while an operation is at work.</param>
/// <param name="operations">What it answers.</param>
internal sealed class QueryService(string name, XNamespace space, object gate, IEnumerable<QueryOperation> operations) : IAwsService
{
    private readonly Dictionary<string, QueryOperation> _operations = operations.ToDictionary(operation => operation.Name, StringComparer.Ordinal);

    public string Name => name;

    public bool IsGlobal { get; init; }

    /// <summary>What the service calls a fault of its own.</summary>
    public string FaultType { get; init; } = "InternalFailure";

    public IAwsRequest Read(HttpRequest request, byte[] body)
    {
        var form = QueryForm.Read(body);
        if (form.Action.Length == 0) throw new AwsError(400, "MissingAction", "The request must contain the parameter Action");
        QueryOperation operation = _operations.GetValueOrDefault(form.Action)
            ?? throw new AwsError(400, "InvalidAction", $"Could not find operation {form.Action} for version {form.Version}");
        return new QueryRequest(this, operation, form, request.HttpContext.Response.Headers["x-amzn-RequestId"].ToString());
    }

    public (string Type, string Message) Fault(bool isUnavailable)
        => isUnavailable ? ("ServiceUnavailable", "Service is unavailable") : (FaultType, "Internal server error");

    public AwsAnswer Serve(QueryOperation operation, QueryForm form, string requestId)
    {
        IReadOnlyList<XElement>? result;
        lock (gate) result = operation.Serve(form)?.ToArray();
        return XmlAnswers.In(space, 200, new XElement($"{operation.Name}Response",
            result is null ? null : new XElement($"{operation.Name}Result", result),
            new XElement("ResponseMetadata", new XElement("RequestId", requestId))));
    }

    public AwsAnswer Tell(AwsError error, string requestId) => XmlAnswers.Error(error, requestId, space);
}
