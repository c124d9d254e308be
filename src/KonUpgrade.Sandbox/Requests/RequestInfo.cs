using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Requests;

/// <summary>What a request asks for: verb, group, version, resource, namespace, name, as authorization and faults see it.</summary>
internal sealed record RequestInfo
{
    /// <summary>get, list, watch, create, update, patch, delete, deletecollection; for other paths the HTTP method in small letters.</summary>
    public required string Verb { get; init; }

    /// <summary>What a service of the cloud calls it, such as CreateNodegroup; empty at an API server.</summary>
    public string Operation { get; init; } = string.Empty;

    /// <summary>The path as it was sent.</summary>
    public required string Path { get; init; }

    /// <summary>Names objects, and is not discovery, health or the like.</summary>
    public bool IsResource { get; init; }

    public string Group { get; init; } = string.Empty;

    public string Version { get; init; } = string.Empty;

    /// <summary>The plural.</summary>
    public string Resource { get; init; } = string.Empty;

    public string Subresource { get; init; } = string.Empty;

    /// <summary>Empty for all namespaces, and for what lives in the cluster.</summary>
    public string Namespace { get; init; } = string.Empty;

    /// <summary>Empty for a whole collection.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Asks what would happen, and for nothing to be kept.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>A create, update, patch or delete.</summary>
    public bool IsWrite => IsResource && Verb is "create" or "update" or "patch" or "delete" or "deletecollection";

    /// <summary>A write that leaves something behind: no dry run, no question about rights, and nothing of a Lease, which tells only who is alive.</summary>
    public bool IsChange => IsWrite && !IsDryRun && Group is not ("authorization.k8s.io" or "authentication.k8s.io" or "coordination.k8s.io");

    public static RequestInfo Parse(HttpRequest request)
    {
        string path = request.Path.Value ?? "/";
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string method = request.Method;
        var other = new RequestInfo { Verb = method.ToLowerInvariant(), Path = path };
        int at;
        string group, version;
        if (parts.Length >= 3 && parts[0] == "api")
        {
            (group, version, at) = (string.Empty, parts[1], 2);
        }
        else if (parts.Length >= 4 && parts[0] == "apis")
        {
            (group, version, at) = (parts[1], parts[2], 3);
        }
        else
        {
            return other;
        }

        string ns = string.Empty;
        if (parts[at] == "namespaces" && parts.Length > at + 1)
        {
            ns = parts[at + 1];
            // /namespaces/x is the namespace itself, and so are its subresources.
            if (parts.Length > at + 2 && !(parts.Length == at + 3 && parts[at + 2] is "status" or "finalize")) at += 2;
        }
        string[] rest = parts[at..];
        // What is passed on has a path of its own behind it.
        if (rest.Length > 3 && rest[2] != "proxy") return other;
        string name = rest.Length > 1 ? rest[1] : string.Empty;
        if (rest[0] == "namespaces" && name.Length > 0) ns = name;
        return other with
        {
            IsResource = true,
            // What is posted to a subresource of an object is created: an eviction, a binding.
            Verb = VerbOf(request, method, named: name.Length > 0 && !(method == "POST" && rest.Length > 2)),
            Group = group,
            Version = version,
            Resource = rest[0],
            Namespace = ns,
            Name = name,
            Subresource = rest.Length > 2 ? rest[2] : string.Empty,
            IsDryRun = request.Query["dryRun"] == "All",
        };
    }

    private static string VerbOf(HttpRequest request, string method, bool named) => method switch
    {
        "GET" or "HEAD" when IsTrue(request.Query["watch"]) => "watch",
        "GET" or "HEAD" => named ? "get" : "list",
        "POST" when !named => "create",
        "PUT" when named => "update",
        "PATCH" when named => "patch",
        "DELETE" => named ? "delete" : "deletecollection",
        _ => method.ToLowerInvariant(),
    };

    internal static bool IsTrue(string? value) => value is "1" or "true" or "True" or "TRUE" or "t" or "T";
}
