using System.Collections.ObjectModel;
using System.Text.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// Reads what a server serves: in two calls where it aggregates discovery (1.26 and later), else group by group. A group
/// that can't be read, as one behind a dead API service, is recorded and the rest goes on.
/// </summary>
internal sealed class ApiDiscovery(ApiTransport transport)
{
    private const string Aggregated =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
        + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    private const int Parallel = 8;

    public async Task<ApiCatalog> RunAsync(CancellationToken cancellationToken)
    {
        var resources = new List<ApiResource>();
        var failures = new List<Failure>();
        var core = ReadRootAsync("/api", cancellationToken);
        // Calls that wait for a server that does not answer wait for each other's connections too: only one that has
        // answered is asked for both at once.
        if (!transport.Reached)
            await core.ConfigureAwait(false);
        var groups = ReadRootAsync("/apis", cancellationToken);
        foreach (var root in await Task.WhenAll(core, groups).ConfigureAwait(false))
        {
            using (root)
            {
                if (Text(root.RootElement, "kind") == "APIGroupDiscoveryList")
                    ReadAggregated(root.RootElement, resources, failures);
                else
                    await ReadLegacyAsync(root.RootElement, resources, failures, cancellationToken).ConfigureAwait(false);
            }
        }
        return new ApiCatalog(resources, failures);
    }

    private async Task<JsonDocument> ReadRootAsync(string path, CancellationToken cancellationToken) =>
        Parse(await transport.ReadAsync(Request(path, Aggregated), cancellationToken).ConfigureAwait(false), path);

    private void ReadAggregated(JsonElement list, List<ApiResource> resources, List<Failure> failures)
    {
        foreach (var group in Elements(list, "items"))
        {
            var name = group.TryGetProperty("metadata", out var metadata) ? Text(metadata, "name") ?? "" : "";
            foreach (var version in Elements(group, "versions"))
            {
                var versionName = Text(version, "version") ?? "";
                if (Text(version, "freshness") == "Stale")
                    failures.Add(Stale(name, versionName));
                foreach (var resource in Elements(version, "resources"))
                {
                    // A resource without a kind of its own has subresources only.
                    if (!resource.TryGetProperty("responseKind", out var kind) || Text(kind, "kind") is not { Length: > 0 } kindName)
                        continue;
                    resources.Add(new ApiResource
                    {
                        Group = name,
                        Version = versionName,
                        Kind = kindName,
                        Plural = Text(resource, "resource") ?? "",
                        Singular = Text(resource, "singularResource") ?? "",
                        ShortNames = Strings(resource, "shortNames"),
                        Namespaced = Text(resource, "scope") == "Namespaced",
                        Verbs = Strings(resource, "verbs"),
                        Subresources = [.. Elements(resource, "subresources").Select(s => Text(s, "subresource") ?? "").Where(s => s.Length > 0)],
                        SubresourceVersions = Versions(Elements(resource, "subresources").Select(s => (Text(s, "subresource"), Entry: s.TryGetProperty("responseKind", out var body) ? body : default))),
                    });
                }
            }
        }
    }

    private async Task ReadLegacyAsync(JsonElement root, List<ApiResource> resources, List<Failure> failures, CancellationToken cancellationToken)
    {
        var wanted = new List<(string Group, string Version)>();
        // /api answers with APIVersions, /apis with groups.
        wanted.AddRange(Strings(root, "versions").Select(v => ("", v)));
        foreach (var group in Elements(root, "groups"))
        {
            var name = Text(group, "name") ?? "";
            var preferred = group.TryGetProperty("preferredVersion", out var p) ? Text(p, "version") : null;
            wanted.AddRange(Elements(group, "versions").Select(v => Text(v, "version") ?? "")
                .OrderBy(v => v == preferred ? 0 : 1).Select(v => (name, v)));
        }
        using var gate = new SemaphoreSlim(Parallel);
        var read = await Task.WhenAll(wanted.Select(w => ReadGroupAsync(w.Group, w.Version, gate, cancellationToken))).ConfigureAwait(false);
        foreach (var (found, failure) in read)
        {
            resources.AddRange(found);
            if (failure is not null)
                failures.Add(failure);
        }
    }

    private async Task<(IReadOnlyList<ApiResource>, Failure?)> ReadGroupAsync(string group, string version, SemaphoreSlim gate, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var path = group.Length == 0 ? $"/api/{version}" : $"/apis/{group}/{version}";
            using var list = Parse(await transport.ReadAsync(Request(path, "application/json"), cancellationToken).ConfigureAwait(false), path);
            var entries = Elements(list.RootElement, "resources").Select(r => (Name: Text(r, "name") ?? "", Entry: r)).ToList();
            var subresources = entries.Where(e => e.Name.Contains('/', StringComparison.Ordinal))
                .ToLookup(e => e.Name[..e.Name.IndexOf('/', StringComparison.Ordinal)], e => (Name: e.Name[(e.Name.IndexOf('/', StringComparison.Ordinal) + 1)..], e.Entry));
            return ([.. entries.Where(e => !e.Name.Contains('/', StringComparison.Ordinal)).Select(e => new ApiResource
            {
                Group = group,
                Version = version,
                Kind = Text(e.Entry, "kind") ?? "",
                Plural = e.Name,
                Singular = Text(e.Entry, "singularName") is { Length: > 0 } singular ? singular : (Text(e.Entry, "kind") ?? "").ToLowerInvariant(),
                ShortNames = Strings(e.Entry, "shortNames"),
                Namespaced = e.Entry.TryGetProperty("namespaced", out var namespaced) && namespaced.ValueKind == JsonValueKind.True,
                Verbs = Strings(e.Entry, "verbs"),
                Subresources = [.. subresources[e.Name].Select(s => s.Name)],
                SubresourceVersions = Versions(subresources[e.Name].Select(s => ((string?)s.Name, s.Entry))),
            })], null);
        }
        catch (KubernetesApiException e) when (e.StatusCode is not (0 or 401))
        {
            return ([], Stale(group, version) with { Message = e.Failure.Message });
        }
        finally
        {
            gate.Release();
        }
    }

    private Failure Stale(string group, string version) => new()
    {
        Id = "GroupDiscoveryFailed",
        Kind = FailureKind.Unavailable,
        Message = $"{transport.Endpoint.Name} can't tell what {(group.Length == 0 ? version : $"{group}/{version}")} serves: the service behind it does not answer",
        Recommendation = "Bring up the service behind its APIService (kubectl get apiservice), or delete the APIService where nobody needs it.",
        Target = $"{ApiGroup.Word(group)}/{version}",
    };

    private static ApiRequest Request(string path, string accept) => new()
    {
        Method = HttpMethod.Get,
        Path = path,
        Accept = accept,
        Action = $"discover {path}",
        Repeatable = true,
    };

    private JsonDocument Parse(byte[] body, string path)
    {
        try
        {
            var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
        }
        catch (JsonException)
        {
            // Told below.
        }
        throw NotAnApiServer.Failure(transport.Endpoint, $"discover {path}");
    }

    // Only those that say so are of a group of their own; the kind of the others is that of the resource.
    private static IReadOnlyDictionary<string, string> Versions(IEnumerable<(string? Name, JsonElement Entry)> subresources)
    {
        Dictionary<string, string>? found = null;
        foreach (var (name, entry) in subresources)
        {
            if (name is { Length: > 0 } && Text(entry, "version") is { Length: > 0 } version)
                (found ??= new Dictionary<string, string>(StringComparer.Ordinal))[name] = Text(entry, "group") is { Length: > 0 } group ? $"{group}/{version}" : version;
        }
        return (IReadOnlyDictionary<string, string>?)found ?? ReadOnlyDictionary<string, string>.Empty;
    }

    private static IEnumerable<JsonElement> Elements(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object)
            : [];

    private static IReadOnlyList<string> Strings(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)]
            : [];

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
