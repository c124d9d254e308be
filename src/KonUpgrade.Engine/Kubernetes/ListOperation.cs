using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// One list, from its first page to its last. When a page has expired or breaks off, it goes on where it can and begins
/// anew where it must; either way each object comes out once.
/// </summary>
internal sealed class ListOperation(
    ApiTransport transport, ApiResource resource, ListOptions options, Func<CancellationToken, Task<ServerVersion?>> version, IReporter reporter)
{
    private readonly PageSizer _pages = new(options.PageSize);
    private readonly GivenKeys _given = new();
    private readonly YoungMemory _memory = new();
    private bool _whole;

    /// <summary>The state that the last page showed: where a watch goes on.</summary>
    public string ResourceVersion { get; private set; } = "";

    public async IAsyncEnumerable<KubernetesObject> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var token = "";
        var backoff = new Backoff(transport.Endpoint.Retry, transport.Endpoint.Time);
        var restarts = 0;
        var tried = false;
        while (true)
        {
            var request = Request(token);
            var started = Stopwatch.GetTimestamp();
            ListBody body;
            try
            {
                body = await OpenAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesApiException e) when (e.StatusCode == (int)HttpStatusCode.Gone && token.Length > 0 && restarts++ < 20)
            {
                // The server may offer to go on from the same key at its newest state; else from the beginning.
                token = e.Continue ?? "";
                _given.MayRepeat();
                reporter.Verbose(token.Length > 0
                    ? $"{request.Action} on {transport.Endpoint.Name}: the page has expired; going on from the same place at the newest state"
                    : $"{request.Action} on {transport.Endpoint.Name}: the page has expired; reading again from the beginning, passing over what is known");
                continue;
            }
            var waited = Stopwatch.GetElapsedTime(started);
            KubernetesApiException? fault = null;
            var items = 0;
            var given = 0;
            await using (body.ConfigureAwait(false))
            {
                while (true)
                {
                    KubernetesObject? item;
                    try
                    {
                        var json = await body.ReadItemAsync(cancellationToken).ConfigureAwait(false);
                        item = json.IsEmpty ? null : KubernetesObject.Copy(json.Span, resource.ApiVersion, resource.Kind);
                    }
                    catch (Exception e) when (Fault(request, e, cancellationToken) is { } found)
                    {
                        fault = found;
                        break;
                    }
                    if (item is null)
                        break;
                    items++;
                    _memory.Tidy();
                    if (!_given.Add(item))
                    {
                        item.Dispose();
                        continue;
                    }
                    given++;
                    yield return item;
                }
            }
            if (fault is not null)
            {
                _given.MayRepeat();
                if (_whole)
                    _whole = false;
                else
                    _pages.Failed();
                // A slow reader may see every page break off: as long as each gives something new, that is no failure.
                if (given > 0)
                    backoff = new Backoff(transport.Endpoint.Retry, transport.Endpoint.Time);
                if (fault.Outcome == CallOutcome.Final || !backoff.TryNext(null, out var delay))
                    throw fault;
                reporter.Verbose($"{fault.Failure.Message}; reading the page again, passing over what is known");
                await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
                continue;
            }
            ResourceVersion = body.ResourceVersion;
            token = body.Continue;
            if (token.Length == 0)
                yield break;
            if (!tried)
            {
                tried = true;
                _whole = _pages.WantsWhole(items, body.BytesRead, body.Remaining, await version(cancellationToken).ConfigureAwait(false));
                // The first page comes a second time: that costs less than the others.
                if (_whole)
                {
                    token = "";
                    _given.MayRepeat();
                }
            }
            _pages.Took(items, body.BytesRead, waited);
            backoff = new Backoff(transport.Endpoint.Retry, transport.Endpoint.Time);
        }
    }

    private ApiRequest Request(string token) => new()
    {
        Method = HttpMethod.Get,
        Path = ResourcePath.Of(resource, options.Namespace)
            .With("labelSelector", options.LabelSelector)
            .With("fieldSelector", options.FieldSelector)
            .With("limit", _whole ? null : _pages.Next)
            .With("continue", token)
            .ToString(),
        Action = $"list {ResourcePath.Describe(resource, options.Namespace, null)}",
        Target = ResourcePath.Describe(resource, options.Namespace, null),
        Accept = options.MetadataOnly ? "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json" : "application/json",
        Repeatable = true,
    };

    private async Task<ListBody> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var response = await transport.OpenAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return new ListBody(new BodyReader(response, stream, transport.Endpoint.RequestTimeout, transport.Endpoint.Time));
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private KubernetesApiException? Fault(ApiRequest request, Exception e, CancellationToken cancellationToken) => e switch
    {
        _ when cancellationToken.IsCancellationRequested => null,
        TimeoutException => transport.TimedOut(request, e),
        HttpRequestException or IOException => transport.BodyLost(request, e),
        JsonException => new KubernetesApiException(new Failure
        {
            Id = "InvalidResponse",
            Kind = FailureKind.InvalidData,
            Message = $"{request.Action} on {transport.Endpoint.Name}: the answer is not a list of objects in JSON",
            Recommendation = "Check that the context's server is an API server and that nothing between changes its answers.",
            Target = request.Target,
        }, e),
        _ => null,
    };
}
