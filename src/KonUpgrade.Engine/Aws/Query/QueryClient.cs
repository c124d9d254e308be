using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Amazon.Runtime;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Query;

/// <summary>
/// A service of the query protocol on the SDK's own runtime. Throttling and transient errors are tried again as the SDK
/// does (AWS_RETRY_MODE, AWS_MAX_ATTEMPTS, or the profile's settings). Nothing is looked for before the first call.
/// </summary>
/// <param name="options">As whom, and where.</param>
/// <param name="reporter">Told which credentials are used, and of calls that change something.</param>
/// <param name="service">The service.</param>
/// <param name="home">Where it is, and the region that its requests are signed for.</param>
/// <param name="failure">What an error of a call means.</param>
internal sealed class QueryClient(
    AwsOptions options,
    IReporter reporter,
    AwsService service,
    Func<AwsLogin, CancellationToken, Task<(Uri Url, string SigningRegion)>> home,
    Func<Exception, AwsCall, Failure> failure) : IDisposable
{
    private readonly QueryMarshaller _marshaller = new(service);
    private readonly AwsClientOpening _opening = new(options, reporter, service, home);

    /// <summary>Calls an operation.</summary>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    /// <exception cref="UpgradeException">There are no credentials, or they can't be used.</exception>
    public async Task<QueryResponse> CallAsync(QueryCall call, CancellationToken cancellationToken)
    {
        var client = await _opening.OpenAsync(cancellationToken).ConfigureAwait(false);
        var said = $"{service.Id} {call.Operation} {call.About.Target}";
        if (call.IsRead)
            reporter.Debug(said);
        else
            reporter.Verbose(said);
        try
        {
            var response = await client.CallAsync<QueryResponse>(new QueryRequest(call), _marshaller, QueryUnmarshaller.Instance, cancellationToken).ConfigureAwait(false);
            return response.Name == $"{call.Operation}Response" ? response : throw Unreadable(call, $"it is a {response.Name}.");
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

    /// <summary>Calls an operation that reads one thing.</summary>
    /// <param name="call">The call.</param>
    /// <param name="absent">The service's code for what is not there.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The answer, or null where the thing is not there.</returns>
    public async Task<QueryResponse?> FindAsync(QueryCall call, string absent, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(call, cancellationToken).ConfigureAwait(false);
        }
        catch (AwsException e) when (e.ErrorCode == absent)
        {
            return null;
        }
    }

    /// <summary>Reads a list page by page.</summary>
    /// <param name="call">The call for the page that a marker asks for; null for the first.</param>
    /// <param name="list">The name of the list in the answer.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async IAsyncEnumerable<XElement> PagesAsync(Func<string?, QueryCall> call, string list, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            var asked = call(marker);
            var page = await CallAsync(asked, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Find(list)?.Elements() ?? [])
                yield return item;
            // Some services say beside the marker whether there is more.
            var next = page.Text("IsTruncated") == "false" ? "" : (page.Find("NextMarker") ?? page.Find("Marker"))?.Value ?? "";
            if (next.Length > 0 && next == marker)
                throw Unreadable(asked, "the same page comes again and again.");
            marker = next;
        }
        while (marker.Length > 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _opening.Dispose();

    private AwsException Unreadable(QueryCall call, string why, Exception? e = null) => new(
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
