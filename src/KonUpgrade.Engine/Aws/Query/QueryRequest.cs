using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace KonUpgrade.Engine.Aws.Query;

/// <summary>A call as the SDK carries it.</summary>
/// <param name="call">The call.</param>
internal sealed class QueryRequest(QueryCall call) : AmazonWebServiceRequest
{
    /// <summary>The call.</summary>
    public QueryCall Call => call;
}

/// <summary>Brings a call into the form that the SDK signs and sends.</summary>
/// <param name="service">The service.</param>
internal sealed class QueryMarshaller(AwsService service) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    /// <inheritdoc/>
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var call = ((QueryRequest)input).Call;
        var request = new DefaultRequest(input, service.Id) { HttpMethod = "POST", ResourcePath = "/" };
        request.Parameters.Add("Action", call.Operation);
        request.Parameters.Add("Version", service.Version);
        foreach (var (name, value) in call.Parameters)
        {
            if (value is not null)
                request.Parameters.Add(name, value);
        }
        return request;
    }
}
