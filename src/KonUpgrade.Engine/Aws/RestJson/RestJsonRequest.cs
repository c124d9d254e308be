using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace KonUpgrade.Engine.Aws.RestJson;

/// <summary>A call of the REST-JSON protocol, as a service's model describes it.</summary>
internal sealed class RestJsonRequest : AmazonWebServiceRequest
{
    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The path, with names in braces for what differs.</summary>
    public required string Path { get; init; }

    /// <summary>The values in the path, by their names; none of them may be empty, or another operation would be called.</summary>
    public IReadOnlyList<(string Name, string Value)> PathValues { get; init; } = [];

    /// <summary>The query; what is null is left out.</summary>
    public IReadOnlyList<(string Name, string? Value)> Query { get; init; } = [];

    /// <summary>The body, or null for none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>What the body is.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Headers beside those that every request has.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Whether it changes nothing.</summary>
    public bool Reads { get; init; }
}

/// <summary>Brings a call into the form that the SDK signs and sends.</summary>
/// <param name="service">The service.</param>
internal sealed class RestJsonMarshaller(AwsService service) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    /// <inheritdoc/>
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var call = (RestJsonRequest)input;
        var request = new DefaultRequest(input, service.Id) { HttpMethod = call.Method, ResourcePath = call.Path };
        foreach (var (name, value) in call.PathValues)
        {
            ArgumentException.ThrowIfNullOrEmpty(value, name);
            request.AddPathResource($"{{{name}}}", value);
        }
        foreach (var (name, value) in call.Query)
        {
            if (value is null)
                continue;
            request.UseQueryString = true;
            request.Parameters.Add(name, value);
        }
        if (call.Body is { } body)
        {
            request.Content = body;
            request.Headers["Content-Type"] = call.ContentType;
        }
        foreach (var (name, value) in call.Headers)
            request.Headers[name] = value;
        return request;
    }
}
