using System.Runtime.CompilerServices;
using System.Xml.Linq;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Query;

/// <summary>A service of the query protocol.</summary>
/// <inheritdoc cref="AwsXmlCaller"/>
internal sealed class QueryClient(
    AwsOptions options,
    IReporter reporter,
    AwsService service,
    Func<AwsLogin, CancellationToken, Task<(Uri Url, string SigningRegion)>> home,
    Func<Exception, AwsCall, Failure> failure) : IDisposable
{
    private readonly QueryMarshaller _marshaller = new(service);
    private readonly AwsXmlCaller _caller = new(options, reporter, service, home, failure);

    /// <summary>Calls an operation.</summary>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    /// <exception cref="UpgradeException">There are no credentials, or they can't be used.</exception>
    public Task<QueryResponse> CallAsync(QueryCall call, CancellationToken cancellationToken) =>
        _caller.CallAsync<QueryResponse>((call.Operation, call.About, call.IsRead), new QueryRequest(call), _marshaller, QueryUnmarshaller.Instance, static response => response.Name, cancellationToken);

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
                throw _caller.Unreadable(asked.Operation, asked.About, "the same page comes again and again.");
            marker = next;
        }
        while (marker.Length > 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _caller.Dispose();
}
