using System.Text;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace KonUpgrade.Engine.Aws.RestXml;

/// <summary>A call as the SDK carries it.</summary>
/// <param name="call">The call.</param>
internal sealed class RestXmlRequest(RestXmlCall call) : AmazonWebServiceRequest
{
    /// <summary>The call.</summary>
    public RestXmlCall Call => call;
}

/// <summary>Brings a call into the form that the SDK signs and sends.</summary>
/// <param name="service">The service.</param>
internal sealed class RestXmlMarshaller(AwsService service) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    /// <inheritdoc/>
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var call = ((RestXmlRequest)input).Call;
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
            request.Content = Encoding.UTF8.GetBytes(body.ToString(SaveOptions.DisableFormatting));
            request.Headers["Content-Type"] = "application/xml";
        }
        return request;
    }
}
