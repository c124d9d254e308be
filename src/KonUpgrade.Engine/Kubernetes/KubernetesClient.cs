using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// A client of one API server. It knows no kinds: objects are their JSON, whole. Calls may run in parallel.
/// Failures are <see cref="KubernetesApiException"/>; only the caller's own token cancels.
/// </summary>
public sealed class KubernetesClient : IAsyncDisposable
{
    private readonly ApiTransport _transport;
    private readonly IReporter _reporter;
    private volatile ServerVersion? _version;
    private volatile ApiCatalog? _catalog;

    /// <summary>Makes a client. Nothing is sent yet.</summary>
    public KubernetesClient(ClusterEndpoint endpoint, IReporter reporter)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _transport = new ApiTransport(endpoint, reporter);
        _reporter = reporter;
    }

    /// <summary>How messages name the cluster.</summary>
    public string Target => _transport.Endpoint.Name;

    /// <summary>The API server's URL.</summary>
    public Uri Server => _transport.Endpoint.Server;

    /// <summary>The server's version.</summary>
    public async Task<ServerVersion> GetVersionAsync(CancellationToken cancellationToken)
    {
        var request = new ApiRequest { Method = HttpMethod.Get, Path = "/version", Action = "get the version", Repeatable = true };
        var body = await _transport.ReadAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return _version = new ServerVersion(Number(root, "major"), Number(root, "minor"), root.GetProperty("gitVersion").GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw NotAnApiServer.Failure(_transport.Endpoint, request.Action, e);
        }

        // Some vendors write "33+".
        static int Number(JsonElement root, string name) =>
            int.Parse((root.GetProperty(name).GetString() ?? "").TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>Who signs the tokens of the cluster's ServiceAccounts (OpenID Connect discovery); null where the server does not say.</summary>
    /// <exception cref="KubernetesApiException">The login may not read it: the ClusterRole system:service-account-issuer-discovery lets it.</exception>
    public async Task<Uri?> GetIssuerAsync(CancellationToken cancellationToken)
    {
        var request = new ApiRequest { Method = HttpMethod.Get, Path = "/.well-known/openid-configuration", Action = "get the issuer of ServiceAccount tokens", Repeatable = true };
        try
        {
            using var document = JsonDocument.Parse(await _transport.ReadAsync(request, cancellationToken).ConfigureAwait(false));
            return Uri.TryCreate(document.RootElement.GetProperty("issuer").GetString(), UriKind.Absolute, out var issuer) ? issuer : null;
        }
        catch (KubernetesApiException e) when (e.StatusCode == 404)
        {
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw NotAnApiServer.Failure(_transport.Endpoint, request.Action, e);
        }
    }

    /// <summary>
    /// What the server measures of itself (<c>/metrics</c>, in Prometheus' text format), line by line as it comes. Of several
    /// API servers the one that answers tells of itself alone.
    /// </summary>
    /// <exception cref="KubernetesApiException">The login may not read it: the ClusterRole system:monitoring lets it.</exception>
    public async IAsyncEnumerable<string> ReadMetricsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ApiRequest { Method = HttpMethod.Get, Path = "/metrics", Action = "read the metrics", Target = "/metrics", Accept = "text/plain", Repeatable = true };
        using var response = await _transport.OpenAsync(request, cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), Encoding.UTF8);
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        while (true)
        {
            string? line;
            try
            {
                idle.CancelAfter(_transport.Endpoint.RequestTimeout);
                line = await reader.ReadLineAsync(idle.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw _transport.TimedOut(request, e);
            }
            catch (Exception e) when (e is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
            {
                throw _transport.BodyLost(request, e);
            }

            if (line is null)
                yield break;
            yield return line;
        }
    }

    /// <summary>
    /// Asks a Service of the cluster through the server, and gives whatever answers there, also a refusal or a redirect,
    /// which is not followed. It is asked once.
    /// </summary>
    /// <param name="call">What is asked.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KubernetesApiException">
    /// The server did not pass it on: Forbidden (the right to get <c>services/proxy</c> lacks), NotFound (no such Service, or
    /// no Endpoints of it), NoServicePort, NoEndpoints, BackEndUnreachable; or nobody answered in time (RequestTimeout). A
    /// back end that itself answers with a Status of Kubernetes can't be told from the server.
    /// </exception>
    public Task<ServiceAnswer> AskServiceAsync(ServiceCall call, CancellationToken cancellationToken) => ServiceProxy.AskAsync(_transport, call, cancellationToken);

    /// <summary>What the server serves now. Groups that can't be read are in the catalog's failures.</summary>
    public async Task<ApiCatalog> DiscoverAsync(CancellationToken cancellationToken)
    {
        var catalog = await new ApiDiscovery(_transport).RunAsync(cancellationToken).ConfigureAwait(false);
        // What a group that did not answer serves is asked for again by whoever wants to know.
        _catalog = catalog.Failures.Count == 0 ? catalog : null;
        return catalog;
    }

    /// <summary>
    /// What the server served when this client last asked; asked for where it has not yet. For a second look in the course
    /// of one thing: what begins anew, perhaps hours later, asks anew (<see cref="DiscoverAsync"/>), since a kind that came
    /// meanwhile would be passed over.
    /// </summary>
    public async Task<ApiCatalog> KnownCatalogAsync(CancellationToken cancellationToken) => _catalog ?? await DiscoverAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>The OpenAPI v3 document of a group and version, as JSON; null where the server publishes none (before 1.24).</summary>
    /// <param name="group">The group; empty for the core group.</param>
    /// <param name="version">The version.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<byte[]?> GetOpenApiAsync(string group, string version, CancellationToken cancellationToken)
    {
        var place = group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
        var request = new ApiRequest { Method = HttpMethod.Get, Path = $"/openapi/v3/{place}", Action = $"get the OpenAPI document of {place}", Repeatable = true };
        try
        {
            return await _transport.ReadAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesApiException e) when (e.StatusCode == 404)
        {
            return null;
        }
    }

    /// <summary>
    /// All objects of a kind, as they come off the wire: memory grows neither with the page nor with the cluster. Each
    /// object comes once, even where the list had to begin anew. The caller disposes of each.
    /// </summary>
    public IAsyncEnumerable<KubernetesObject> ListAsync(ApiResource resource, ListOptions options, CancellationToken cancellationToken) =>
        new ListOperation(_transport, resource, options, KnownVersionAsync, _reporter).RunAsync(cancellationToken);

    /// <summary>All objects of a kind in some namespaces; where none is named, or the kind has none, in the whole cluster.</summary>
    public IAsyncEnumerable<KubernetesObject> ListAsync(ApiResource resource, IReadOnlyList<string> namespaces, CancellationToken cancellationToken) =>
        ListAsync(resource, namespaces, metadataOnly: false, cancellationToken);

    /// <summary>All objects of a kind in some namespaces, or of each its metadata alone; where none is named, or the kind has none, in the whole cluster.</summary>
    public async IAsyncEnumerable<KubernetesObject> ListAsync(ApiResource resource, IReadOnlyList<string> namespaces, bool metadataOnly, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(namespaces);
        List<string?> places = resource.Namespaced && namespaces.Count > 0 ? [.. namespaces.Distinct(StringComparer.Ordinal)] : [null];
        foreach (var place in places)
        {
            await foreach (var o in ListAsync(resource, new ListOptions { Namespace = place, MetadataOnly = metadataOnly }, cancellationToken).ConfigureAwait(false))
                yield return o;
        }
    }

    /// <summary>
    /// Follows the objects of a kind until the token is cancelled or a failure stays: those that are there come first as
    /// Added, then Synced, then every change. The caller disposes of each event's object.
    /// </summary>
    public IAsyncEnumerable<WatchEvent> WatchAsync(ApiResource resource, WatchOptions options, CancellationToken cancellationToken) =>
        new WatchOperation(_transport, resource, options, KnownVersionAsync, _reporter).RunAsync(cancellationToken);

    /// <summary>An object, or null where it doesn't exist. Where the server doesn't serve the kind, that is an error.</summary>
    public async Task<KubernetesObject?> GetAsync(
        ApiResource resource, string? @namespace, string name, CancellationToken cancellationToken, string? subresource = null)
    {
        var request = new ApiRequest
        {
            Method = HttpMethod.Get,
            Path = ResourcePath.Of(resource, @namespace, name, subresource).ToString(),
            Action = Action("get", resource, @namespace, name, subresource),
            Target = ResourcePath.Describe(resource, @namespace, name),
            Repeatable = true,
        };
        try
        {
            return await SendAsync(request, resource, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesApiException e) when (e.StatusCode == (int)HttpStatusCode.NotFound && e.DetailsName == name)
        {
            return null;
        }
    }

    /// <summary>
    /// Creates an object. When nobody knows whether a first try took effect, a look at the server decides: an object that
    /// this call made is returned, one that somebody else made is an AlreadyExists error.
    /// </summary>
    /// <param name="resource">The kind and version.</param>
    /// <param name="namespace">The namespace, or null for a kind without.</param>
    /// <param name="json">The object.</param>
    /// <param name="options">Under which name, whether for real.</param>
    /// <param name="cancellationToken">Stops waiting; the object may exist all the same.</param>
    public Task<KubernetesObject> CreateAsync(
        ApiResource resource, string? @namespace, ReadOnlyMemory<byte> json, WriteOptions options, CancellationToken cancellationToken) =>
        new CreateOperation(this, _transport, resource, @namespace, json, options, byApply: false, _reporter).RunAsync(cancellationToken);

    /// <summary>
    /// Creates an object by a server-side apply, so that its fields are owned as those of an applied object. What is there
    /// already is never changed: it is an AlreadyExists error, or a Conflict. As with <see cref="CreateAsync"/>, an object
    /// that this call made is returned also where the answer to its first try was lost.
    /// </summary>
    /// <inheritdoc cref="CreateAsync"/>
    public Task<KubernetesObject> CreateByApplyAsync(
        ApiResource resource, string? @namespace, ReadOnlyMemory<byte> json, WriteOptions options, CancellationToken cancellationToken) =>
        new CreateOperation(this, _transport, resource, @namespace, json, options, byApply: true, _reporter).RunAsync(cancellationToken);

    /// <summary>Creates through a subresource of an object, such as an eviction or a token.</summary>
    public Task<KubernetesObject> CreateSubresourceAsync(
        ApiResource resource, string? @namespace, string name, string subresource, ReadOnlyMemory<byte> json, WriteOptions options, CancellationToken cancellationToken) =>
        SendAsync(
            new ApiRequest
            {
                Method = HttpMethod.Post,
                Path = Written(ResourcePath.Of(resource, @namespace, name, subresource), options).ToString(),
                Action = Action("create", resource, @namespace, name, subresource),
                Target = ResourcePath.Describe(resource, @namespace, name),
                Body = json,
                Repeatable = false,
            },
            resource,
            cancellationToken);

    /// <summary>Applies an object on the server's side. Fields of other managers are a conflict unless they are taken by force.</summary>
    /// <exception cref="KubernetesApiException">With <see cref="KubernetesApiException.Conflicts"/>, where other managers own fields.</exception>
    public Task<KubernetesObject> ApplyAsync(
        ApiResource resource, string? @namespace, string name, ReadOnlyMemory<byte> json, ApplyOptions options, CancellationToken cancellationToken, string? subresource = null) =>
        SendAsync(
            new ApiRequest
            {
                Method = HttpMethod.Patch,
                Path = ResourcePath.Of(resource, @namespace, name, subresource)
                    .With("fieldManager", options.FieldManager).With("force", options.Force)
                    .With("dryRun", options.DryRun ? "All" : null).With("fieldValidation", Validation(options.FieldValidation)).ToString(),
                Action = Action("apply", resource, @namespace, name, subresource),
                Target = ResourcePath.Describe(resource, @namespace, name),
                Body = SurrogateEscapes.Resolve(json),
                // JSON is YAML; the type says that it is an apply.
                ContentType = "application/apply-patch+yaml",
                Repeatable = true,
            },
            resource,
            cancellationToken);

    /// <summary>Replaces an object. With a resourceVersion in it, only as it was then.</summary>
    public Task<KubernetesObject> UpdateAsync(
        ApiResource resource, string? @namespace, string name, ReadOnlyMemory<byte> json, WriteOptions options, CancellationToken cancellationToken, string? subresource = null)
    {
        bool locked;
        using (var read = KubernetesObject.Parse(json))
            locked = read.ResourceVersion is { Length: > 0 };
        return SendAsync(
            new ApiRequest
            {
                Method = HttpMethod.Put,
                Path = Written(ResourcePath.Of(resource, @namespace, name, subresource), options).ToString(),
                Action = Action("update", resource, @namespace, name, subresource),
                Target = ResourcePath.Describe(resource, @namespace, name),
                Body = json,
                Repeatable = locked,
            },
            resource,
            cancellationToken);
    }

    /// <summary>Patches an object.</summary>
    public Task<KubernetesObject> PatchAsync(
        ApiResource resource, string? @namespace, string name, PatchKind kind, ReadOnlyMemory<byte> patch, WriteOptions options, CancellationToken cancellationToken, string? subresource = null) =>
        SendAsync(
            new ApiRequest
            {
                Method = HttpMethod.Patch,
                Path = Written(ResourcePath.Of(resource, @namespace, name, subresource), options).ToString(),
                Action = Action("patch", resource, @namespace, name, subresource),
                Target = ResourcePath.Describe(resource, @namespace, name),
                Body = patch,
                ContentType = kind switch
                {
                    PatchKind.Merge => "application/merge-patch+json",
                    PatchKind.StrategicMerge => "application/strategic-merge-patch+json",
                    _ => "application/json-patch+json",
                },
                // A JSON patch may append to a list; the others say what should be.
                Repeatable = kind != PatchKind.Json,
            },
            resource,
            cancellationToken);

    /// <summary>Deletes an object.</summary>
    /// <returns>True when it was there; false when it was gone already.</returns>
    /// <exception cref="KubernetesApiException">Conflict where it has another UID or version than wanted.</exception>
    public async Task<bool> DeleteAsync(ApiResource resource, string? @namespace, string name, DeleteOptions options, CancellationToken cancellationToken)
    {
        var request = new ApiRequest
        {
            Method = HttpMethod.Delete,
            Path = ResourcePath.Of(resource, @namespace, name).ToString(),
            Action = Action("delete", resource, @namespace, name, null),
            Target = ResourcePath.Describe(resource, @namespace, name),
            Body = DeleteBody(options),
            // Without a UID a second one could hit another object of the same name.
            Repeatable = options.Uid is not null,
        };
        try
        {
            await _transport.ReadAsync(request, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (KubernetesApiException e) when (e.StatusCode == (int)HttpStatusCode.NotFound && e.DetailsName == name)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _transport.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static StringBuilder Written(StringBuilder path, WriteOptions options) =>
        path.With("fieldManager", options.FieldManager).With("dryRun", options.DryRun ? "All" : null).With("fieldValidation", Validation(options.FieldValidation));

    internal async Task<KubernetesObject> SendAsync(ApiRequest request, ApiResource resource, CancellationToken cancellationToken)
    {
        var body = await _transport.ReadAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            return KubernetesObject.Parse(body, resource.ApiVersion, resource.Kind);
        }
        catch (JsonException e)
        {
            throw NotAnApiServer.Failure(_transport.Endpoint, request.Action, e);
        }
    }

    /// <summary>The version, asked for once; null where it can't be known.</summary>
    private async Task<ServerVersion?> KnownVersionAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _version ?? await GetVersionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesApiException)
        {
            // Some logins may not ask. Then lists go by pages.
            return null;
        }
    }

    private static string Action(string verb, ApiResource resource, string? @namespace, string name, string? subresource) =>
        subresource is null ? $"{verb} {ResourcePath.Describe(resource, @namespace, name)}" : $"{verb} {subresource} of {ResourcePath.Describe(resource, @namespace, name)}";

    private static string? Validation(FieldValidation validation) => validation == FieldValidation.Default ? null : validation.ToString();

    private static byte[]? DeleteBody(DeleteOptions options)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "v1");
            json.WriteString("kind", "DeleteOptions");
            if (options.Propagation != DeletePropagation.Default)
                json.WriteString("propagationPolicy", options.Propagation.ToString());
            if (options.GracePeriodSeconds is { } grace)
                json.WriteNumber("gracePeriodSeconds", grace);
            if (options.Uid is not null || options.ResourceVersion is not null)
            {
                json.WriteStartObject("preconditions");
                if (options.Uid is not null)
                    json.WriteString("uid", options.Uid);
                if (options.ResourceVersion is not null)
                    json.WriteString("resourceVersion", options.ResourceVersion);
                json.WriteEndObject();
            }
            if (options.DryRun)
            {
                json.WriteStartArray("dryRun");
                json.WriteStringValue("All");
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
