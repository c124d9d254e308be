using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;

namespace KonUpgrade.Engine.Aws.RestJson;

/// <summary>An answer of the REST-JSON protocol.</summary>
internal sealed class RestJsonResponse : AmazonWebServiceResponse
{
    /// <summary>The body as it came.</summary>
    public byte[] Body { get; set; } = [];
}

/// <summary>An error of the REST-JSON protocol, with the fields that the service gave beside its message.</summary>
/// <param name="message">The service's message.</param>
/// <param name="inner">What the HTTP client threw.</param>
/// <param name="code">The service's code: <c>ResourceNotFoundException</c>; null where the answer has none.</param>
/// <param name="requestId">The request's id.</param>
/// <param name="status">The HTTP status.</param>
internal sealed class RestJsonException(string message, Exception inner, string? code, string? requestId, HttpStatusCode status)
    : AmazonServiceException(message, inner, (int)status >= 500 ? ErrorType.Receiver : ErrorType.Sender, code, requestId, status)
{
    /// <summary>The texts of the error's body, by name; without the message.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();

    /// <summary>The fields of an error; none where it is another one's.</summary>
    public static IReadOnlyDictionary<string, string> FieldsOf(Exception? e) => (e as RestJsonException)?.Fields ?? new Dictionary<string, string>();
}

/// <summary>Takes answers and errors from the SDK.</summary>
internal sealed class RestJsonUnmarshaller : JsonResponseUnmarshaller
{
    public static RestJsonUnmarshaller Instance { get; } = new();

    /// <inheritdoc/>
    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input) => new RestJsonResponse
    {
        Body = Read(input),
        ResponseMetadata = new ResponseMetadata { RequestId = Header(input, "x-amzn-RequestId") },
    };

    /// <inheritdoc/>
    public override AmazonServiceException UnmarshallException(JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var code = Code(Header(input, "x-amzn-ErrorType"));
        var message = "";
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(Read(input));
            foreach (var property in document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.EnumerateObject() : default)
            {
                if (property.Value.ValueKind != JsonValueKind.String)
                    continue;
                var text = property.Value.GetString()!;
                if (property.Name is "message" or "Message")
                    message = text;
                else if (property.Name is "__type" or "code")
                    code ??= Code(text);
                else
                    fields[property.Name] = text;
            }
        }
        catch (JsonException)
        {
            // A proxy's page, or a server that is no such service.
        }
        return new RestJsonException(message, innerException, code, Header(input, "x-amzn-RequestId"), statusCode) { Fields = fields };
    }

    // Header and body alike may begin with a namespace and go on with a URL.
    private static string? Code(string? text) => text?.Split(':')[0] is { } type && type[(type.LastIndexOf('#') + 1)..] is { Length: > 0 } code ? code : null;

    private static string? Header(JsonUnmarshallerContext input, string name) => input.ResponseData.IsHeaderPresent(name) ? input.ResponseData.GetHeaderValue(name) : null;

    private static byte[] Read(JsonUnmarshallerContext input)
    {
        using var body = new MemoryStream();
        input.Stream.CopyTo(body);
        return body.ToArray();
    }
}
