using System.Diagnostics;
using System.Net;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// Sends calls to one API server: logs in, repeats what is safe to repeat, and turns whatever comes back instead of an
/// answer into a <see cref="KubernetesApiException"/>.
/// </summary>
internal sealed class ApiTransport : IDisposable
{
    private const int LargestBeginning = 256 * 1024;

    // What is more likely wrong than on its way is not tried for as long as the rest.
    private const int FewTries = 3;

    private readonly HttpConnections _connections;
    private readonly string _root;
    private readonly string? _host;
    private readonly IReporter _reporter;
    private volatile bool _reached;
    private long _clockDifference = long.MinValue;

    public ApiTransport(ClusterEndpoint endpoint, IReporter reporter)
    {
        Endpoint = endpoint;
        _reporter = reporter;
        _connections = new HttpConnections(endpoint);
        _root = endpoint.Server.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        // The handler takes the name for TLS from the Host header; API servers themselves don't look at it.
        _host = string.IsNullOrEmpty(endpoint.TlsServerName) ? null : endpoint.TlsServerName;
        if (endpoint.InsecureSkipTlsVerify)
        {
            reporter.Warning(
                $"{endpoint.Name}: the server's certificate is not checked (insecure-skip-tls-verify). Whoever stands between can read the login and change what is read and written.");
        }
    }

    public ClusterEndpoint Endpoint { get; }

    /// <summary>What the server's clock said last, less ours; null before the first answer.</summary>
    public TimeSpan? ClockDifference => Interlocked.Read(ref _clockDifference) is var ticks && ticks == long.MinValue ? null : TimeSpan.FromTicks(ticks);

    /// <summary>Whether the server has answered a call, in whatever way.</summary>
    public bool Reached => _reached;

    public void Dispose() => _connections.Dispose();

    /// <summary>Sends a call and gives the answer's whole body.</summary>
    public async Task<byte[]> ReadAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        return await RunAsync(request, static async (response, token) =>
        {
            using (response)
                return await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a call and gives the answer as soon as its headers are there. The caller reads and disposes of it.</summary>
    public Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken cancellationToken) =>
        RunAsync(request, static (response, _) => Task.FromResult(response), cancellationToken);

    /// <summary>The error for a body that broke off.</summary>
    public KubernetesApiException BodyLost(ApiRequest request, Exception exception) =>
        ConnectionFailures.From(request, Endpoint, _connections, exception);

    public KubernetesApiException TimedOut(ApiRequest request, Exception exception) =>
        ConnectionFailures.TimedOut(request, Endpoint, Endpoint.RequestTimeout, connecting: false, exception);

    /// <summary>Sends a call and gives what is made of the answer.</summary>
    public async Task<T> RunAsync<T>(ApiRequest request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(Endpoint.Retry, Endpoint.Time);
        var renewed = false;
        while (true)
        {
            var credential = await Endpoint.Login.GetAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await AttemptAsync(request, credential, read, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesApiException e)
            {
                if (e.Failure.Id == ApiFailures.LoginRefused && !renewed)
                {
                    renewed = true;
                    if (await Endpoint.Login.RefusedAsync(credential, cancellationToken).ConfigureAwait(false))
                    {
                        _reporter.Verbose($"{Endpoint.Name}: the login ({Endpoint.Login.Description}) was refused; trying once more with a new one");
                        continue;
                    }
                }
                var again = e.Outcome == CallOutcome.NotProcessed || (e.Outcome == CallOutcome.Unknown && request.Repeatable);
                // A cluster that never answered is more likely a wrong address than one that is restarting, and a webhook's
                // certificate that is not trusted rarely gets trusted within a call.
                if (((!_reached && e.StatusCode == 0) || ApiFailures.IsUntrustedWebhook(e)) && backoff.Attempts >= FewTries)
                    again = false;
                if (!again || !backoff.TryNext(e.RetryAfter, out var delay))
                {
                    if (backoff.Attempts > 1 && e is { StatusCode: 0, Failure.Kind: FailureKind.Timeout })
                        throw ConnectionFailures.InAll(e, backoff.Attempts, backoff.Elapsed);
                    throw;
                }
                _reporter.Verbose($"{request.Told(e)}; trying again in {delay.TotalSeconds:0.0} s");
                await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<T> AttemptAsync<T>(
        ApiRequest request, ClusterCredential credential, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var limit = request.Timeout ?? Endpoint.RequestTimeout;
        using var timeout = new CancellationTokenSource(limit, Endpoint.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var started = Stopwatch.GetTimestamp();
        HttpResponseMessage? response = null;
        try
        {
            using var message = Message(request, credential);
            if (request.Method != HttpMethod.Get)
                Endpoint.BeforeChange?.Invoke();
            response = await _connections.For(credential.Certificate).SendAsync(message, linked.Token).ConfigureAwait(false);
            _reached = true;
            if (response.Headers.Date is { } date)
                Interlocked.Exchange(ref _clockDifference, (date - Endpoint.Time.GetUtcNow()).Ticks);
            _reporter.Debug($"{Endpoint.Name}: {request.Method} {request.Path} → {(int)response.StatusCode} in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms (HTTP/{response.Version})");
            if (response.IsSuccessStatusCode)
            {
                if (!request.SendsSecret)
                    Warnings(response);
                var answer = response;
                response = null;
                try
                {
                    return await read(answer, linked.Token).ConfigureAwait(false);
                }
                catch
                {
                    answer.Dispose();
                    throw;
                }
            }
            var body = await BeginningAsync(response, linked.Token).ConfigureAwait(false);
            if (request.IsPassedOn?.Invoke((int)response.StatusCode, body) == true)
            {
                response.Content = new ReadOnlyMemoryContent(body);
                return await read(response, linked.Token).ConfigureAwait(false);
            }
            throw ApiFailures.FromResponse(request, Endpoint.Name, Endpoint.Login.Description, response, body.Span, Endpoint.Time);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Only what the caller's token cancelled is cancelled; all else is a time that ran out.
            var connecting = !timeout.IsCancellationRequested;
            throw ConnectionFailures.TimedOut(request, Endpoint, connecting ? HttpConnections.ConnectTimeout : limit, connecting, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            if (cancellationToken.IsCancellationRequested)
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            throw ConnectionFailures.From(request, Endpoint, _connections, e);
        }
        finally
        {
            response?.Dispose();
        }
    }

    private HttpRequestMessage Message(ApiRequest request, ClusterCredential credential)
    {
        var message = new HttpRequestMessage(request.Method, _root + request.Path)
        {
            Version = _connections.Repeated is null ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        if (request.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        }
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        message.Headers.TryAddWithoutValidation("User-Agent", "konupgrade");
        message.Headers.Authorization = credential.Authorization;
        if (_host is not null)
            message.Headers.Host = _host;
        Endpoint.Impersonation?.AddTo(message.Headers, _connections.Repeated);
        return message;
    }

    // Warning: 299 - "policy/v1beta1 PodDisruptionBudget is deprecated …"
    private void Warnings(HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Warning", out var warnings))
            return;
        foreach (var warning in warnings)
        {
            var open = warning.IndexOf('"', StringComparison.Ordinal);
            var close = warning.LastIndexOf('"');
            if (open >= 0 && close > open)
                _reporter.Verbose($"{Endpoint.Name} warns: {warning[(open + 1)..close].Replace("\\\"", "\"", StringComparison.Ordinal)}");
        }
    }

    /// <summary>What an answer's body begins with: of an endless one no more than is looked at.</summary>
    public static async Task<ReadOnlyMemory<byte>> BeginningAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            // A Status is a few hundred bytes; room grows for the rare long one.
            var buffer = new byte[4096];
            var length = 0;
            while (true)
            {
                length += await stream.ReadAtLeastAsync(buffer.AsMemory(length), buffer.Length - length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                if (length < buffer.Length || length >= LargestBeginning)
                    break;
                Array.Resize(ref buffer, buffer.Length * 4);
            }
            return buffer.AsMemory(0, length);
        }
    }
}
