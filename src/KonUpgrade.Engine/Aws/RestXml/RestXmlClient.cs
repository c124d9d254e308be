using System.Xml.Linq;
using Amazon.Runtime;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.RestXml;

/// <summary>
/// A service of the REST-XML protocol on the SDK's own runtime. Throttling and transient errors are tried again as the SDK
/// does (AWS_RETRY_MODE, AWS_MAX_ATTEMPTS, or the profile's settings). Nothing is looked for before the first call.
/// </summary>
/// <param name="options">As whom, and where.</param>
/// <param name="reporter">Told which credentials are used, and of calls that change something.</param>
/// <param name="service">The service.</param>
/// <param name="home">Where it is, and the region that its requests are signed for.</param>
/// <param name="failure">What an error of a call means.</param>
internal sealed class RestXmlClient(
    AwsOptions options,
    IReporter reporter,
    AwsService service,
    Func<AwsLogin, CancellationToken, Task<(Uri Url, string SigningRegion)>> home,
    Func<Exception, AwsCall, Failure> failure) : IDisposable
{
    private readonly RestXmlMarshaller _marshaller = new(service);
    private readonly AwsClientOpening _opening = new(options, reporter, service, home);

    /// <summary>Calls an operation, and gives the answer's root.</summary>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    /// <exception cref="UpgradeException">There are no credentials, or they can't be used.</exception>
    public async Task<XElement> CallAsync(RestXmlCall call, CancellationToken cancellationToken)
    {
        var client = await _opening.OpenAsync(cancellationToken).ConfigureAwait(false);
        var said = $"{service.Id} {call.Operation} {call.About.Target}";
        if (call.Method == "GET")
            reporter.Debug(said);
        else
            reporter.Verbose(said);
        try
        {
            var response = await client.CallAsync<RestXmlResponse>(new RestXmlRequest(call), _marshaller, RestXmlUnmarshaller.Instance, cancellationToken).ConfigureAwait(false);
            var root = response.Root;
            return root.Name.LocalName == $"{call.Operation}Response" ? root : throw Unreadable(call, $"it is a {root.Name.LocalName}.");
        }
        catch (AmazonUnmarshallingException e)
        {
            throw Unreadable(call, e.Message, e);
        }
        catch (Exception e) when (AwsFailures.IsFailure(e, cancellationToken))
        {
            throw new AwsException(failure(e, call.About), e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _opening.Dispose();

    private AwsException Unreadable(RestXmlCall call, string why, Exception? e = null) => new(
        new Failure
        {
            Id = "AwsAnswerUnreadable",
            Kind = FailureKind.InvalidData,
            Message = $"What answered {call.Operation} for {call.About.Target} is no answer of {service.Id}: {why}",
            Recommendation = "Look whether -EndpointUrl or AWS_ENDPOINT_URL leads to the service.",
            Target = call.About.Target,
        },
        e);
}
