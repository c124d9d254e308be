using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>Asks a load balancer for a host name directly: the name is told to it (Host, SNI), and not looked up in DNS.</summary>
/// <param name="probe">What is asked, and what a good answer is.</param>
internal sealed class LoadBalancerProbe(TrafficProbe probe)
{
    /// <summary>The URL that is asked for a host name.</summary>
    /// <exception cref="UpgradeException">TrafficProbeNeedsUri.</exception>
    public Uri UriFor(string hostName) =>
        probe.Uri.IsAbsoluteUri ? probe.Uri
        : hostName.StartsWith('*') ? throw new UpgradeException(TrafficFailures.ProbeNeedsUri(hostName))
        : new Uri(new Uri($"https://{hostName}/"), probe.Uri);

    /// <summary>Asks once.</summary>
    /// <param name="hostName">The host name.</param>
    /// <param name="address">The load balancer.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null for a good answer, or what was wrong with it, as a sentence.</returns>
    public async Task<string?> AskAsync(string hostName, string address, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(hostName, address, cancellationToken).ConfigureAwait(false);
        if (answer.Status is not { } status)
            return answer.Words;
        if (probe.ExpectedStatus.Count == 0 ? status is < 200 or > 399 : !probe.ExpectedStatus.Contains(status))
            return answer.Words;
        return answer.Latency > probe.MaximumLatency
            ? string.Create(CultureInfo.InvariantCulture, $"{answer.Asked} took {answer.Latency.TotalMilliseconds:0} ms, more than the {probe.MaximumLatency.Value.TotalMilliseconds:0} that are allowed.")
            : null;
    }

    /// <summary>Asks once, and tells what came.</summary>
    /// <param name="hostName">The host name.</param>
    /// <param name="address">Who is asked.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<ProbeAnswer> AnswerAsync(string hostName, string address, CancellationToken cancellationToken)
    {
        var uri = UriFor(hostName);
        var (host, port) = Place(address, uri.Port);
        var verifier = new CertificateVerifier(authorities: null, probe.SkipCertificateCheck, TimeProvider.System);
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = verifier.Verify },
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(host, port, token).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        using var client = new HttpMessageInvoker(handler, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, uri) { Version = HttpVersion.Version11 };
        request.Headers.TryAddWithoutValidation("User-Agent", "KonUpgrade");
        request.Headers.ConnectionClose = true;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(probe.Timeout);
        var began = Stopwatch.GetTimestamp();
        var asked = $"GET {uri} at {host}:{port.ToString(CultureInfo.InvariantCulture)}";
        try
        {
            using var response = await client.SendAsync(request, patience.Token).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            return new ProbeAnswer(asked, status, response.Headers.Location, Stopwatch.GetElapsedTime(began), $"{asked} answered {status.ToString(CultureInfo.InvariantCulture)}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ProbeAnswer.None(asked, string.Create(CultureInfo.InvariantCulture, $"{asked} was not answered within {probe.Timeout.TotalSeconds:0.#} s."));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or InvalidOperationException)
        {
            return ProbeAnswer.None(asked, $"{asked} was not answered: {WhyNot(e, verifier)}.");
        }
    }

    // .NET tells of bytes and frames what is a word about certificates, or that nobody speaks TLS there.
    private static string WhyNot(Exception e, CertificateVerifier verifier)
    {
        if (verifier.LastProblem is { } problem)
            return problem.Message.TrimEnd('.');
        return e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            ? "no TLS connection could be agreed on; a probe that is a URL with http:// asks without TLS"
            : (e.InnerException ?? e).Message.TrimEnd('.');
    }

    private (string Host, int Port) Place(string address, int port)
    {
        if (probe.Address is not { } place)
            return (address, port);
        return Uri.TryCreate($"tcp://{place}", UriKind.Absolute, out var parsed) && parsed.Host.Length > 0 && parsed.PathAndQuery is "/" or ""
            ? (parsed.Host.Trim('[', ']'), parsed.Port > 0 ? parsed.Port : port)
            : throw new UpgradeException(TrafficFailures.AddressInvalid(place));
    }
}

/// <summary>What was answered to a probe.</summary>
/// <param name="Asked">What was asked, and whom.</param>
/// <param name="Status">The status; null where there was no answer.</param>
/// <param name="Location">Where a redirection leads; null for none.</param>
/// <param name="Latency">The time to the answer.</param>
/// <param name="Words">It as a sentence.</param>
internal sealed record ProbeAnswer(string Asked, int? Status, Uri? Location, TimeSpan Latency, string Words)
{
    /// <summary>That there was none.</summary>
    public static ProbeAnswer None(string asked, string words) => new(asked, null, null, TimeSpan.Zero, words);
}
