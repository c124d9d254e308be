using System.Net;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// The proxy that the environment names for one server: HTTPS_PROXY or HTTP_PROXY by the server's scheme, unless NO_PROXY
/// excludes the host. Read as Go's httpproxy reads it (loopback never proxied; NO_PROXY by name, suffix, address, CIDR
/// and port), since kubectl works with it and .NET's own reader knows no CIDR.
/// </summary>
internal static class EnvironmentProxy
{
    public static Uri? For(Uri server, Func<string, string?> environment)
    {
        var name = server.Scheme == Uri.UriSchemeHttps ? "HTTPS_PROXY" : "HTTP_PROXY";
        // The lower-case name is the older one; the upper-case one wins as in Go.
        var text = Value(name) ?? Value(name.ToLowerInvariant());
        if (text is null || Excluded(server, Value("NO_PROXY") ?? Value("no_proxy")))
            return null;
        return Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text, UriKind.Absolute, out var proxy) ? proxy : null;

        string? Value(string key) => environment(key) is { Length: > 0 } value ? value : null;
    }

    internal static bool Excluded(Uri server, string? noProxy)
    {
        var host = server.IdnHost.TrimEnd('.').ToLowerInvariant();
        var address = IPAddress.TryParse(host.Trim('[', ']'), out var parsed) ? parsed : null;
        if (host == "localhost" || (address is not null && IPAddress.IsLoopback(address)))
            return true;
        foreach (var part in (noProxy ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var entry = part.ToLowerInvariant();
            if (entry == "*")
                return true;
            if (IPNetwork.TryParse(entry, out var network))
            {
                if (address is not null && network.Contains(address))
                    return true;
                continue;
            }
            if (IPAddress.TryParse(entry, out var single))
            {
                if (single.Equals(address))
                    return true;
                continue;
            }
            if (entry.LastIndexOf(':') is var colon and > 0 && int.TryParse(entry.AsSpan(colon + 1), out var port))
            {
                if (port != server.Port)
                    continue;
                entry = entry[..colon];
            }
            entry = entry.StartsWith("*.", StringComparison.Ordinal) ? entry[1..] : entry;
            // ".example.com" is for what is below it; "example.com" for itself too.
            if (entry.StartsWith('.') ? host.EndsWith(entry, StringComparison.Ordinal) : host == entry || host.EndsWith("." + entry, StringComparison.Ordinal))
                return true;
        }
        return false;
    }
}
