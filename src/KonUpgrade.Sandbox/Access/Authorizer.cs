using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Access;

/// <summary>Who may do what: a user's rights, less what was denied.</summary>
internal sealed class Authorizer
{
    private readonly object _gate = new();
    private readonly List<DeniedAccess> _denied = [];

    public void Deny(DeniedAccess denied)
    {
        lock (_gate) _denied.Add(denied);
    }

    public void AllowAgain()
    {
        lock (_gate) _denied.Clear();
    }

    public IReadOnlyList<DeniedAccess> Denied()
    {
        lock (_gate) return [.. _denied];
    }

    public bool Allows(SandboxUser user, RequestInfo request)
        => request.IsResource
            ? AllowsResource(user, request.Verb, request.Group, request.Resource, request.Namespace, request.Subresource)
            : AllowsPath(user, request.Verb, request.Path);

    public bool AllowsResource(SandboxUser user, string verb, string group, string resource, string @namespace, string subresource = "")
    {
        if (DenialOf(user, verb, group, resource, @namespace, subresource) is not null)
            return false;
        // Everyone who logged in may ask about himself.
        if (verb == "create" && group is "authorization.k8s.io" or "authentication.k8s.io" && resource.StartsWith("selfsubject", StringComparison.Ordinal))
            return user.Rights != UserRights.Anonymous;
        return user.Rights switch
        {
            UserRights.All => true,
            // To reach what runs behind the server is no viewer's right.
            UserRights.ReadWithoutSecrets => verb is "get" or "list" or "watch" && !(group.Length == 0 && resource == "secrets") && subresource != "proxy",
            _ => false,
        };
    }

    /// <summary>What was taken from a user of these rights, or null.</summary>
    public DeniedAccess? DenialOf(SandboxUser user, string verb, string group, string resource, string @namespace, string subresource = "")
    {
        string whole = subresource.Length == 0 ? resource : $"{resource}/{subresource}";
        lock (_gate)
        {
            return _denied.Find(denied => (denied.User is null || denied.User == user.Name)
                && (denied.Verb is null || denied.Verb == verb)
                && (denied.Group is null || denied.Group == group)
                && (denied.Resource is null || denied.Resource == resource || denied.Resource == whole)
                && (denied.Namespace is null || denied.Namespace == @namespace));
        }
    }

    /// <summary>The refusal, in the words of a real server.</summary>
    public static ApiError Refusal(SandboxUser user, RequestInfo request)
    {
        if (!request.IsResource)
            return ApiError.Forbidden(string.Empty, string.Empty, string.Empty, $"User \"{user.Name}\" cannot {request.Verb} path \"{request.Path}\"");
        string resource = request.Subresource.Length == 0 ? request.Resource : $"{request.Resource}/{request.Subresource}";
        string where = request.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{request.Namespace}\"";
        return ApiError.Forbidden(
            request.Group,
            request.Resource,
            request.Name,
            $"User \"{user.Name}\" cannot {request.Verb} resource \"{resource}\" in API group \"{request.Group}\" {where}");
    }

    // Of Kubernetes' own roles the one for monitoring reads metrics; that of a viewer does not.
    private bool AllowsPath(SandboxUser user, string verb, string path)
    {
        if (DenialOf(user, verb, string.Empty, path, string.Empty) is { Resource: not null }) return false;
        if (path is "/metrics") return user.Rights == UserRights.All || user.Groups.Contains("system:monitoring");
        return user.Rights != UserRights.Anonymous || path is "/version" or "/version/" or "/healthz" or "/livez" or "/readyz";
    }
}
