using System.Collections.ObjectModel;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>A resource that an API server serves, as discovery tells it.</summary>
public sealed record ApiResource
{
    /// <summary>The API group; empty for the core group.</summary>
    public required string Group { get; init; }

    /// <summary>The version within the group.</summary>
    public required string Version { get; init; }

    /// <summary>The kind of its objects.</summary>
    public required string Kind { get; init; }

    /// <summary>The name in URLs: <c>deployments</c>.</summary>
    public required string Plural { get; init; }

    /// <summary>The name of one, in lower case.</summary>
    public string Singular { get; init; } = "";

    /// <summary>Short names that kubectl takes.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Whether its objects live in namespaces.</summary>
    public required bool Namespaced { get; init; }

    /// <summary>What can be done: <c>get</c>, <c>list</c>, <c>create</c> …</summary>
    public IReadOnlyList<string> Verbs { get; init; } = [];

    /// <summary>Its subresources: <c>status</c>, <c>scale</c> …</summary>
    public IReadOnlyList<string> Subresources { get; init; } = [];

    /// <summary>
    /// The groups and versions of what subresources take and give, where discovery tells them: <c>policy/v1</c> for
    /// <c>eviction</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> SubresourceVersions { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Group and version as objects carry it: <c>v1</c>, <c>apps/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Kind and group as people write it: <c>ConfigMap</c>, <c>App.k11n.dev</c>.</summary>
    public string KindAndGroup => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    /// <summary>The group of an apiVersion: <c>apps</c> of <c>apps/v1</c>, none of <c>v1</c>.</summary>
    public static string GroupOf(string apiVersion) => apiVersion.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? apiVersion[..slash] : "";

    /// <summary>The version of an apiVersion, without its group.</summary>
    public static string VersionOf(string apiVersion) => apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <inheritdoc/>
    public override string ToString() => $"{ApiVersion} {Kind}";
}
