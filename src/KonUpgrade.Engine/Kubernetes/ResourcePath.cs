using System.Globalization;
using System.Text;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>Paths and queries of the Kubernetes API.</summary>
internal static class ResourcePath
{
    /// <summary>The path of a collection, an object or a subresource.</summary>
    public static StringBuilder Of(ApiResource resource, string? @namespace, string? name = null, string? subresource = null)
    {
        var path = new StringBuilder(128);
        path.Append(resource.Group.Length == 0 ? "/api/" : "/apis/");
        if (resource.Group.Length > 0)
            path.Append(resource.Group).Append('/');
        path.Append(resource.Version);
        if (resource.Namespaced && !string.IsNullOrEmpty(@namespace))
            path.Append("/namespaces/").Append(Segment(@namespace));
        path.Append('/').Append(resource.Plural);
        if (name is not null)
            path.Append('/').Append(Segment(name));
        if (subresource is not null)
            path.Append('/').Append(subresource);
        return path;
    }

    /// <summary>Adds a parameter where it has a value.</summary>
    public static StringBuilder With(this StringBuilder path, string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return path;
        // A question mark is in a path only where its query begins: names are escaped.
        var first = true;
        for (var i = 0; first && i < path.Length; i++)
            first = path[i] != '?';
        return path.Append(first ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }

    public static StringBuilder With(this StringBuilder path, string name, long? value) =>
        path.With(name, value?.ToString(CultureInfo.InvariantCulture));

    public static StringBuilder With(this StringBuilder path, string name, bool value) => value ? path.With(name, "true") : path;

    /// <summary>An object as people write it.</summary>
    public static string Describe(ApiResource resource, string? @namespace, string? name) =>
        (resource.Namespaced ? @namespace : null, name) switch
        {
            (null or "", null) => resource.ToString(),
            (null or "", _) => $"{resource} {name}",
            (_, null) => $"{resource} in {@namespace}",
            _ => $"{resource} {@namespace}/{name}",
        };

    // "." and ".." are no names of the API (its rule for path segments), and a URL would fold them away and hit another
    // object or a collection; a slash or a percent sign is not in any name either.
    private static string Segment(string name) =>
        name is "" or "." or ".." || name.AsSpan().IndexOfAny('/', '%') >= 0
            ? throw new UpgradeException(new Failure
            {
                Id = "InvalidName",
                Kind = FailureKind.InvalidData,
                Message = $"'{name}' cannot be the name of an object or a namespace.",
                Recommendation = "Correct the name in the manifest: it may not be '.' or '..', nor hold '/' or '%'.",
                Target = name,
            })
            : Uri.EscapeDataString(name);
}
