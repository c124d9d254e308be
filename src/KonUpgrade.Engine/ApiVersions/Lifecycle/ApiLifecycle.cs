using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.ApiVersions.Lifecycle;

/// <summary>What became, or will become, of one version of one of Kubernetes' own kinds. Minor versions are of Kubernetes 1.</summary>
/// <param name="ApiVersion">The group and version.</param>
/// <param name="Kind">The kind.</param>
/// <param name="DeprecatedIn">The minor version that deprecates it.</param>
/// <param name="RemovedIn">The first minor version that does not serve it; null where nobody has told one.</param>
/// <param name="Replacements">What serves instead, the best first; empty where nothing does, or nothing does yet.</param>
/// <param name="Change">What the newest replacement takes to mean something else, or wants besides; null for nothing.</param>
/// <param name="Remedy">What to do where nothing came in its place; null elsewhere.</param>
/// <param name="Source">Where this is told.</param>
internal sealed record ApiLifecycle(
    string ApiVersion, string Kind, int DeprecatedIn, int? RemovedIn, IReadOnlyList<ApiReplacement> Replacements, string? Change, string? Remedy, string Source)
{
    /// <summary>Whether servers of a version no longer serve it.</summary>
    public bool IsRemovedOn(ServerVersion server) => RemovedIn is { } minor && server.IsAtLeast(1, minor);

    /// <summary>Whether servers of a version call it deprecated, or no longer serve it.</summary>
    public bool IsDeprecatedOn(ServerVersion server) => server.IsAtLeast(1, DeprecatedIn);

    /// <summary>The best of its replacements that a server of a version has; null where it has none.</summary>
    public string? ReplacementOn(ServerVersion server) => Replacements.FirstOrDefault(replacement =>
        server.IsAtLeast(1, replacement.Since) && ApiLifecycles.Find(replacement.ApiVersion, Kind)?.IsRemovedOn(server) != true)?.ApiVersion;
}
