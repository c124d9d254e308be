using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// One watch, for as long as its reader likes: reads the list, then follows it. A stream that ends or breaks is opened
/// again where it stood (bookmarks keep that place fresh); when the server no longer knows the place, the list is read
/// anew and what changed in between is told from the difference.
/// </summary>
internal sealed class WatchOperation(
    ApiTransport transport, ApiResource resource, WatchOptions options, Func<CancellationToken, Task<ServerVersion?>> version, IReporter reporter)
{
    // The server ends a watch after this long, so that one that hangs unnoticed does not hang for good.
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    private readonly Dictionary<(string? Namespace, string Name), (string? Uid, string? Version)> _known = [];
    private readonly string _action = $"watch {ResourcePath.Describe(resource, options.Namespace, null)}";
    private string? _version = options.ResourceVersion;

    public async IAsyncEnumerable<WatchEvent> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var backoff = NewBackoff();
        while (true)
        {
            if (_version is null)
            {
                await foreach (var change in ListAsync(cancellationToken).ConfigureAwait(false))
                    yield return change;
                yield return new WatchEvent { Type = WatchEventType.Synced };
            }
            KubernetesApiException? fault = null;
            BodyReader? body = null;
            var began = 0L;
            try
            {
                body = await OpenAsync(cancellationToken).ConfigureAwait(false);
                began = transport.Endpoint.Time.GetTimestamp();
            }
            catch (KubernetesApiException e) when (e.StatusCode == (int)HttpStatusCode.Gone)
            {
                fault = e;
            }
            var lived = false;
            if (body is not null)
            {
                await using (body.ConfigureAwait(false))
                {
                    while (true)
                    {
                        WatchEvent? change;
                        try
                        {
                            (var more, change) = await ReadAsync(body, cancellationToken).ConfigureAwait(false);
                            if (!more)
                                break;
                        }
                        catch (Exception e) when (Fault(e, cancellationToken) is { } found)
                        {
                            fault = found;
                            break;
                        }
                        lived = true;
                        if (change is not null)
                            yield return change;
                    }
                }
            }
            if (fault?.StatusCode == (int)HttpStatusCode.Gone)
            {
                reporter.Verbose($"{_action} on {transport.Endpoint.Name}: the server no longer knows where the watch stood; reading the list again");
                _version = null;
            }
            else if (fault is { Outcome: CallOutcome.Final })
            {
                throw fault;
            }
            // One that lived goes on at once, also where it had nothing to tell; one that ends as soon as it begins is waited for.
            lived |= body is not null && transport.Endpoint.Time.GetElapsedTime(began) > transport.Endpoint.Retry.MaxDelay;
            if (lived)
                backoff = NewBackoff();
            if (!backoff.TryNext(fault?.RetryAfter, out var delay))
                throw fault ?? Ended();
            if (fault is not null)
                reporter.Verbose($"{fault.Failure.Message}; watching again");
            if (!lived)
                await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
        }
    }

    private Backoff NewBackoff() => new(transport.Endpoint.Retry, transport.Endpoint.Time);

    private async IAsyncEnumerable<WatchEvent> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var list = new ListOperation(
            transport, resource, new ListOptions { Namespace = options.Namespace, LabelSelector = options.LabelSelector, FieldSelector = options.FieldSelector }, version, reporter);
        var gone = new HashSet<(string?, string)>(_known.Keys);
        await foreach (var item in list.RunAsync(cancellationToken).ConfigureAwait(false))
        {
            var key = (item.Namespace, item.Name);
            gone.Remove(key);
            var before = _known.TryGetValue(key, out var known);
            if (before && known.Uid != item.Uid)
            {
                // Deleted and made again in between.
                yield return new WatchEvent { Type = WatchEventType.Deleted, Namespace = key.Namespace, Name = key.Name, Uid = known.Uid };
                before = false;
            }
            if (before && known.Version == item.ResourceVersion)
            {
                item.Dispose();
                continue;
            }
            _known[key] = (item.Uid, item.ResourceVersion);
            yield return Event(before ? WatchEventType.Modified : WatchEventType.Added, item);
        }
        foreach (var key in gone)
        {
            _known.Remove(key, out var known);
            yield return new WatchEvent { Type = WatchEventType.Deleted, Namespace = key.Item1, Name = key.Item2, Uid = known.Uid };
        }
        _version = list.ResourceVersion;
    }

    private async Task<BodyReader> OpenAsync(CancellationToken cancellationToken)
    {
        var request = new ApiRequest
        {
            Method = HttpMethod.Get,
            Path = ResourcePath.Of(resource, options.Namespace)
                .With("labelSelector", options.LabelSelector)
                .With("fieldSelector", options.FieldSelector)
                .With("watch", true)
                .With("allowWatchBookmarks", true)
                .With("resourceVersion", _version)
                .With("timeoutSeconds", (long)(Period.TotalSeconds * (1 + Random.Shared.NextDouble())))
                .ToString(),
            Action = _action,
            Target = ResourcePath.Describe(resource, options.Namespace, null),
            Repeatable = true,
        };
        var response = await transport.OpenAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return new BodyReader(response, stream, (2 * Period) + transport.Endpoint.RequestTimeout, transport.Endpoint.Time);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>The next event; none where it was a bookmark, no more where the stream has ended.</summary>
    private async ValueTask<(bool More, WatchEvent? Change)> ReadAsync(BodyReader body, CancellationToken cancellationToken)
    {
        if (await body.PeekAsync(cancellationToken).ConfigureAwait(false) < 0)
            return (false, null);
        var json = await body.ReadValueAsync(cancellationToken).ConfigureAwait(false);
        var (type, item) = Parse(json);
        var keep = false;
        try
        {
            switch (type)
            {
                case "ADDED" or "MODIFIED":
                    var key = (item.Namespace, item.Name);
                    _version = item.ResourceVersion ?? _version;
                    var before = _known.TryGetValue(key, out _);
                    _known[key] = (item.Uid, item.ResourceVersion);
                    keep = true;
                    return (true, Event(before ? WatchEventType.Modified : WatchEventType.Added, item));
                case "DELETED":
                    _version = item.ResourceVersion ?? _version;
                    _known.Remove((item.Namespace, item.Name));
                    keep = true;
                    return (true, Event(WatchEventType.Deleted, item));
                case "BOOKMARK":
                    _version = item.ResourceVersion ?? _version;
                    return (true, null);
                case "ERROR":
                    throw Refused(item);
                default:
                    // A type of a later day.
                    return (true, null);
            }
        }
        finally
        {
            if (!keep)
                item.Dispose();
        }
    }

    private (string Type, KubernetesObject Item) Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || !root.TryGetProperty("object", out _))
            throw new JsonException("An event of the watch has no type or object.");
        // The object's own bytes, without a way through text.
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isObject)
                return (type.GetString()!, KubernetesObject.Copy(json.Span[start..(int)reader.BytesConsumed], resource.ApiVersion, resource.Kind));
        }
        throw new JsonException("An event of the watch has no object.");
    }

    private static WatchEvent Event(WatchEventType type, KubernetesObject item) =>
        new() { Type = type, Namespace = item.Namespace, Name = item.Name, Uid = item.Uid, Object = item };

    // An ERROR event carries a Status.
    private KubernetesApiException Refused(KubernetesObject status)
    {
        var code = status.Root.TryGetProperty("code", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 500;
        using var response = new HttpResponseMessage((HttpStatusCode)Math.Clamp(code, 100, 999));
        var request = new ApiRequest { Method = HttpMethod.Get, Path = "", Action = _action, Target = ResourcePath.Describe(resource, options.Namespace, null), Repeatable = true };
        return ApiFailures.FromResponse(request, transport.Endpoint.Name, transport.Endpoint.Login.Description, response, status.Json.Span, transport.Endpoint.Time);
    }

    private KubernetesApiException? Fault(Exception e, CancellationToken cancellationToken) => e switch
    {
        _ when cancellationToken.IsCancellationRequested => null,
        KubernetesApiException known => known,
        TimeoutException => transport.TimedOut(Named(), e),
        HttpRequestException or IOException => transport.BodyLost(Named(), e),
        JsonException => NotAnApiServer.Failure(transport.Endpoint, _action, e),
        _ => null,
    };

    private ApiRequest Named() => new() { Method = HttpMethod.Get, Path = "", Action = _action, Target = ResourcePath.Describe(resource, options.Namespace, null), Repeatable = true };

    private KubernetesApiException Ended() => new(new Failure
    {
        Id = "WatchEnded",
        Kind = FailureKind.Unavailable,
        Message = string.Create(CultureInfo.InvariantCulture, $"{_action} on {transport.Endpoint.Name}: the server ends the watch again and again as soon as it begins"),
        Recommendation = "Try again when the server is less busy.",
        Target = ResourcePath.Describe(resource, options.Namespace, null),
    });
}
