using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Rules;

namespace KonUpgrade.Engine.Configuration.Selecting;

/// <summary>How one kind is listed, and what becomes of its objects in an export.</summary>
internal sealed class KindPlan
{
    /// <summary>The kind, in the version that the server prefers.</summary>
    public required ApiResource Resource { get; init; }

    /// <summary>The rules that have something to say about it.</summary>
    public required ManifestRules Rules { get; init; }

    /// <summary>Whether an object of the kind may hold what only some may see.</summary>
    public bool MayBeSensitive { get; init; }

    /// <summary>Why none of its objects travels; null where some may.</summary>
    public string? WholeKindReason { get; init; }

    /// <summary>Whether none of its objects travels and they are listed to tell their names alone, so that a login that may not list them misses nothing that was asked for.</summary>
    public bool IsToldOnly { get; init; }

    /// <summary>What says which of its objects belong to the system; null where all do.</summary>
    public SystemExport? Narrowed { get; init; }

    /// <summary>The lists that make up the selection: one, or one a namespace.</summary>
    public required IReadOnlyList<ListOptions> Lists { get; init; }

    /// <summary>The folder of the kind in the export.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether an object of the kind belongs to the system. Others are not looked at and not mentioned.</summary>
    public bool Includes(KubernetesObject o) =>
        Narrowed is null || (Narrowed.Includes(Resource.KindAndGroup, o.Namespace, o.Name) && Narrowed.Within?.Claims(o) != false);
}
