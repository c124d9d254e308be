using System.Runtime.CompilerServices;
using System.Text.Json;
using Amazon.Runtime;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.RestJson;

/// <summary>
/// A service of the REST-JSON protocol on the SDK's own runtime. Throttling and transient errors are tried again as the
/// SDK does (AWS_RETRY_MODE, AWS_MAX_ATTEMPTS, or the profile's settings). Nothing is looked for before the first call.
/// </summary>
/// <param name="options">As whom, and where.</param>
/// <param name="reporter">Told which credentials are used, and of calls that change something.</param>
/// <param name="service">The service.</param>
/// <param name="endpoint">Where it is in a region, by the settings of environment and profile.</param>
/// <param name="format">How it writes JSON.</param>
internal sealed class RestJsonClient(AwsOptions options, IReporter reporter, AwsService service, Func<string, AwsCredentialSource, Uri> endpoint, JsonSerializerOptions format) : IDisposable
{
    private static readonly byte[] s_nothing = "{}"u8.ToArray();

    private readonly RestJsonMarshaller _marshaller = new(service);
    private readonly AwsLogin _login = new(options ?? throw new ArgumentNullException(nameof(options)), reporter);
    private readonly object _lock = new();
    private readonly List<(AWSCredentials Credentials, AwsServiceClient Client)> _opened = [];

    /// <summary>The region that is asked.</summary>
    /// <exception cref="UpgradeException">AwsRegionNotFound, AwsRegionInvalid.</exception>
    public Task<string> GetRegionAsync(CancellationToken cancellationToken) => _login.RegionAsync(cancellationToken);

    /// <summary>Calls an operation.</summary>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    public async Task<TResponse> CallAsync<TResponse>(IRestJsonCall call, CancellationToken cancellationToken)
    {
        var region = await _login.RegionAsync(cancellationToken).ConfigureAwait(false);
        var (credentials, _) = await _login.GetAsync(cancellationToken).ConfigureAwait(false);
        var client = Open(credentials, region);
        var request = call.Request(call.Body is { } value ? JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), format) : null);
        var said = $"{service.Id} {call.Operation} {call.Target} in {region}";
        if (request.Reads || request.Method == "GET")
            reporter.Debug(said);
        else
            reporter.Verbose(said);
        try
        {
            var response = await client.CallAsync<RestJsonResponse>(request, _marshaller, RestJsonUnmarshaller.Instance, cancellationToken).ConfigureAwait(false);
            // An operation without an answer sends no body.
            return JsonSerializer.Deserialize<TResponse>(response.Body.Length > 0 ? response.Body : s_nothing, format) ?? throw new JsonException("it is null.");
        }
        catch (JsonException e)
        {
            throw Unreadable(e, call, region);
        }
        catch (Exception e) when (AwsFailures.IsFailure(e, cancellationToken))
        {
            throw call.Failed(e, region);
        }
    }

    /// <summary>Reads a list page by page.</summary>
    /// <param name="call">The call for the page that a token asks for; null for the first.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async IAsyncEnumerable<TItem> PagesAsync<TPage, TItem>(Func<string?, IRestJsonCall> call, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TPage : IRestJsonPage<TItem>
    {
        string? next = null;
        do
        {
            var asked = call(next);
            var page = await CallAsync<TPage>(asked, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
                yield return item;
            if (page.NextToken is { Length: > 0 } && page.NextToken == next)
                throw Unreadable(new JsonException("the same page comes again and again."), asked, await _login.RegionAsync(cancellationToken).ConfigureAwait(false));
            next = page.NextToken;
        }
        while (!string.IsNullOrEmpty(next));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, client) in _opened)
            client.Dispose();
        _login.Dispose();
    }

    // Credentials that were found anew, after an expired login, need a client of their own; the one before it may still be
    // at work for somebody else.
    private AwsServiceClient Open(AWSCredentials credentials, string region)
    {
        lock (_lock)
        {
            if (_opened.Count > 0 && ReferenceEquals(_opened[^1].Credentials, credentials))
                return _opened[^1].Client;
            var place = AwsPlace.Of(options.EndpointUrl, _login.Source, service, endpoint(region, _login.Source), region);
            reporter.Verbose($"{service.Id} of {region} at {place.Url}");
            var client = new AwsServiceClient(credentials, service, place);
            _opened.Add((credentials, client));
            return client;
        }
    }

    private AwsException Unreadable(JsonException e, IRestJsonCall call, string region) =>
        call.Failed(AwsFailures.Unreadable(service, call.Operation, $"{call.Subject} in {region}", e.Message, call.Target), e);
}
