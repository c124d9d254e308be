namespace KonUpgrade.Engine.Readiness.Deprecations.Files;

/// <summary>What one object in a text says of itself. What it does not say is empty.</summary>
/// <param name="ApiVersion">Group and version.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Namespace">The namespace, or null.</param>
/// <param name="Name">The name.</param>
/// <param name="Line">The line that it begins on, counted from 1.</param>
internal readonly record struct ManifestHead(string ApiVersion, string Kind, string? Namespace, string Name, int Line)
{
    /// <summary>Whether it is an object of Kubernetes at all.</summary>
    public bool IsManifest => ApiVersion.Length > 0 && Kind.Length > 0;
}
