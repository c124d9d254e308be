using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;

namespace KonUpgrade.Sandbox.Velero.Selecting;

/// <summary>Kinds as people write them (deploy, Deployment, deployments.apps) and as they are told apart.</summary>
internal static class KindNames
{
    /// <summary><c>plural.group</c>, the plural alone in the core group.</summary>
    public static string Of(ApiResource resource) => resource.Group.Length == 0 ? resource.Plural : $"{resource.Plural}.{resource.Group}";

    /// <summary>The kind that is meant; what is not known stays as it is written.</summary>
    public static string Resolve(ResourceCatalog catalog, string written)
    {
        string[] parts = written.Split('.', 2);
        string name = parts[0].ToLowerInvariant();
        ApiResource? found = catalog.Resources.FirstOrDefault(resource => (parts.Length == 1 || resource.Group == parts[1])
            && (resource.Plural == name || resource.Singular == name || resource.ShortNames.Contains(name) || resource.Kind.Equals(name, StringComparison.OrdinalIgnoreCase)));
        return found is null ? written : Of(found);
    }

    /// <summary>A filter of two fields with names of kinds.</summary>
    public static NameFilter Filter(ResourceCatalog catalog, JsonObject spec, string included, string excluded)
        => new(Metadata.Strings(spec, included).Select(name => Resolve(catalog, name)), Metadata.Strings(spec, excluded).Select(name => Resolve(catalog, name)));
}
