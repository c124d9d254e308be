using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws;

/// <summary>Opens the client of a service at the first call, and keeps it. That there is none is kept too: the last source of credentials takes its time.</summary>
/// <param name="options">As whom, and where.</param>
/// <param name="reporter">Told which credentials are used, and where the service is.</param>
/// <param name="service">The service.</param>
/// <param name="home">Where it is, and the region that its requests are signed for.</param>
internal sealed class AwsClientOpening(
    AwsOptions options, IReporter reporter, AwsService service, Func<AwsLogin, CancellationToken, Task<(Uri Url, string SigningRegion)>> home) : IDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly AwsLogin _login = new(options, reporter);
    private AwsServiceClient? _client;
    private UpgradeException? _noClient;

    /// <summary>The client.</summary>
    /// <exception cref="UpgradeException">There are no credentials, or they can't be used.</exception>
    public async Task<AwsServiceClient> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_client is { } client)
                return client;
            if (_noClient is { } known)
                throw known;
            try
            {
                var (credentials, _) = await _login.GetAsync(cancellationToken).ConfigureAwait(false);
                var (url, region) = await home(_login, cancellationToken).ConfigureAwait(false);
                var place = AwsPlace.Of(options.EndpointUrl, _login.Source, service, url, region);
                reporter.Verbose($"{service.Id} at {place.Url}");
                return _client = new AwsServiceClient(credentials, service, place);
            }
            catch (UpgradeException e)
            {
                _noClient = e;
                throw;
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client?.Dispose();
        _login.Dispose();
        _opening.Dispose();
    }
}
