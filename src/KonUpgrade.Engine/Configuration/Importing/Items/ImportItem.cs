using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Ordering;

namespace KonUpgrade.Engine.Configuration.Importing.Items;

/// <summary>An object on its way into the target: what it is and where its content is, not the content.</summary>
internal sealed class ImportItem
{
    public required ObjectKey Key { get; init; }

    public required string ApiVersion { get; init; }

    public required ImportPosition Position { get; init; }

    /// <summary>The file that it is in; null for an addition.</summary>
    public ManifestFile? File { get; init; }

    /// <summary>What a system makes beside the import; null for a file.</summary>
    public ImportAddition? Addition { get; init; }

    public string Version => ApiResource.VersionOf(ApiVersion);

    /// <summary>The owners, by name. Those of an altered file are what the file says, not what was exported.</summary>
    public IReadOnlyList<OwnerReference> Owners { get; init; } = [];

    /// <summary>As people write it: <c>apps/v1 Deployment shop/web</c>.</summary>
    public override string ToString() => Key.Namespace is null ? $"{ApiVersion} {Key.Kind} {Key.Name}" : $"{ApiVersion} {Key.Kind} {Key.Namespace}/{Key.Name}";

    /// <summary>The key of an owner: in the namespace of what it owns when its kind lives in namespaces.</summary>
    public static IEnumerable<ObjectKey> OwnerKeys(OwnerReference owner, string? @namespace)
    {
        var slash = owner.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : owner.ApiVersion[..slash];
        if (@namespace is not null)
            yield return new ObjectKey(group, owner.Kind, @namespace, owner.Name);
        yield return new ObjectKey(group, owner.Kind, null, owner.Name);
    }
}
