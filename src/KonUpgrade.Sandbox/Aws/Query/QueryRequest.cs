using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Aws.Query;

/// <summary>One request of the query protocol, taken apart.</summary>
internal sealed class QueryRequest(QueryService service, QueryOperation operation, QueryForm form, string id) : IAwsRequest
{
    public string Operation => operation.Name;

    public string Cluster => string.Empty;

    // Names stand with their kind, as in the services' own refusals: "role app".
    public string Arn => Subject.Length == 0 ? "*" : Subject.StartsWith("arn:", StringComparison.Ordinal) ? Subject : $"{operation.Resource.TrimEnd('s')} {Subject}";

    private string Subject => operation.Subject is { } parameter ? form.Text(parameter) ?? string.Empty : string.Empty;

    public RequestInfo ToInfo(string path) => new()
    {
        Verb = operation.Verb,
        Operation = operation.Name,
        Path = path,
        IsResource = true,
        Group = $"{service.Name}.amazonaws.com",
        Resource = operation.Resource,
        Name = Subject,
    };

    public AwsAnswer Serve() => service.Serve(operation, form, id);

    public AwsError Error(int status, string type, string message, int retryAfterSeconds = 0) => new(status, type, message) { RetryAfterSeconds = retryAfterSeconds };
}
