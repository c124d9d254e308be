using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Api;

/// <summary>
/// Counts the requests for resources, and tells them as an API server's metrics do: the two of its many that speak of
/// deprecated API versions, and when the process began. A deprecated version shows after the first request for it.
/// </summary>
internal sealed class RequestCounts
{
    private readonly DateTimeOffset _began = DateTimeOffset.UtcNow;
    private readonly ConcurrentDictionary<Request, long> _requests = new();
    private readonly ConcurrentDictionary<Deprecated, bool> _deprecated = new();

    /// <summary>A request was answered.</summary>
    /// <param name="resource">What it was for.</param>
    /// <param name="info">The request.</param>
    /// <param name="code">The HTTP status.</param>
    public void Count(ApiResource resource, RequestInfo info, int code)
    {
        string verb = info.Verb switch
        {
            "create" => "POST",
            "update" => "PUT",
            _ => info.Verb.ToUpperInvariant(),
        };
        string scope = info.Name.Length > 0 || info.Verb == "create" ? "resource" : info.Namespace.Length > 0 ? "namespace" : "cluster";
        _requests.AddOrUpdate(new Request(code, info.Group, info.Resource, scope, info.Subresource, verb, info.Version), 1, static (_, count) => count + 1);
        if (resource.IsDeprecated)
            _deprecated.TryAdd(new Deprecated(info.Group, resource.RemovedRelease, info.Resource, info.Subresource, info.Version), true);
    }

    /// <summary>Prometheus' text format.</summary>
    public string ToMetrics()
    {
        var text = new StringBuilder();
        text.Append("# HELP apiserver_request_total [STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.\n");
        text.Append("# TYPE apiserver_request_total counter\n");
        foreach ((Request key, long count) in _requests.ToArray().OrderBy(entry => entry.Key.ToString(), StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"apiserver_request_total{{code=\"{key.Code}\",component=\"apiserver\",dry_run=\"\",group=\"{key.Group}\",resource=\"{key.Resource}\",scope=\"{key.Scope}\",subresource=\"{key.Subresource}\",verb=\"{key.Verb}\",version=\"{key.Version}\"}} {count}\n");
        if (!_deprecated.IsEmpty)
        {
            text.Append("# HELP apiserver_requested_deprecated_apis [STABLE] Gauge of deprecated APIs that have been requested, broken out by API group, version, resource, subresource, and removed_release.\n");
            text.Append("# TYPE apiserver_requested_deprecated_apis gauge\n");
            foreach (Deprecated key in _deprecated.Keys.OrderBy(key => key.ToString(), StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"apiserver_requested_deprecated_apis{{group=\"{key.Group}\",removed_release=\"{key.RemovedRelease}\",resource=\"{key.Resource}\",subresource=\"{key.Subresource}\",version=\"{key.Version}\"}} 1\n");
        }
        text.Append("# HELP process_start_time_seconds [STABLE] Start time of the process since unix epoch in seconds.\n");
        text.Append("# TYPE process_start_time_seconds gauge\n");
        text.Append(CultureInfo.InvariantCulture, $"process_start_time_seconds {_began.ToUnixTimeMilliseconds() / 1000.0:0.00}\n");
        return text.ToString();
    }

    private sealed record Request(int Code, string Group, string Resource, string Scope, string Subresource, string Verb, string Version);

    private sealed record Deprecated(string Group, string RemovedRelease, string Resource, string Subresource, string Version);
}
