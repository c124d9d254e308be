using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws;

/// <summary>
/// Calls a service whose answers are XML, on the SDK's own runtime. Throttling and transient errors are tried again as the
/// SDK does (AWS_RETRY_MODE, AWS_MAX_ATTEMPTS, or the profile's settings). Nothing is looked for before the first call.
/// </summary>
/// <param name="options">As whom, and where.</param>
/// <param name="reporter">Told which credentials are used, and of calls that change something.</param>
/// <param name="service">The service.</param>
/// <param name="home">Where it is, and the region that its requests are signed for.</param>
/// <param name="failure">What an error of a call means.</param>
internal sealed class AwsXmlCaller(
    AwsOptions options,
    IReporter reporter,
    AwsService service,
    Func<AwsLogin, CancellationToken, Task<(Uri Url, string SigningRegion)>> home,
    Func<Exception, AwsCall, Failure> failure) : IDisposable
{
    private readonly AwsClientOpening _opening = new(options, reporter, service, home);

    /// <summary>Calls an operation.</summary>
    /// <param name="call">The operation, what it is for, and whether it changes nothing.</param>
    /// <param name="request">The request.</param>
    /// <param name="marshaller">Writes it.</param>
    /// <param name="unmarshaller">Reads the answer.</param>
    /// <param name="rootOf">The name of the answer's root.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    /// <exception cref="UpgradeException">There are no credentials, or they can't be used.</exception>
    public async Task<TResponse> CallAsync<TResponse>(
        (string Operation, AwsCall About, bool IsRead) call, AmazonWebServiceRequest request, IMarshaller<IRequest, AmazonWebServiceRequest> marshaller, ResponseUnmarshaller unmarshaller,
        Func<TResponse, string> rootOf, CancellationToken cancellationToken)
        where TResponse : AmazonWebServiceResponse, new()
    {
        var client = await _opening.OpenAsync(cancellationToken).ConfigureAwait(false);
        var said = $"{service.Id} {call.Operation} {call.About.Target}";
        if (call.IsRead)
            reporter.Debug(said);
        else
            reporter.Verbose(said);
        try
        {
            var response = await client.CallAsync<TResponse>(request, marshaller, unmarshaller, cancellationToken).ConfigureAwait(false);
            return rootOf(response) == $"{call.Operation}Response" ? response : throw Unreadable(call.Operation, call.About, $"it is a {rootOf(response)}.");
        }
        catch (AmazonUnmarshallingException e)
        {
            throw Unreadable(call.Operation, call.About, e.Message, e);
        }
        catch (Exception e) when (AwsFailures.IsFailure(e, cancellationToken))
        {
            throw new AwsException(failure(e, call.About), e);
        }
    }

    /// <summary>That what answered is no answer of the service.</summary>
    public AwsException Unreadable(string operation, AwsCall about, string why, Exception? e = null) =>
        new(AwsFailures.Unreadable(service, operation, about.Target, why, about.Target), e);

    /// <inheritdoc/>
    public void Dispose() => _opening.Dispose();
}
