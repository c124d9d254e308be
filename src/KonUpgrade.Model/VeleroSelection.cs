namespace KonUpgrade.Model;

/// <summary>
/// What of a system Velero moves in the place of an import: what a backup of it takes, and what a restore must be told.
/// An import of the system leaves the same objects out.
/// </summary>
public sealed record VeleroSelection
{
    /// <summary>The namespaces that a backup takes; empty where no cluster was asked which there are.</summary>
    public IReadOnlyList<string> Namespace { get; init; } = [];

    /// <summary>The kinds that a backup takes, as <c>PersistentVolumeClaim</c>, <c>Notebook.kubeflow.org</c>.</summary>
    public IReadOnlyList<string> Kind { get; init; } = [];

    /// <summary>The same kinds as Velero names them (<c>persistentvolumeclaims</c>, <c>notebooks.kubeflow.org</c>); empty where no cluster was asked what it serves.</summary>
    public IReadOnlyList<string> IncludedResource { get; init; } = [];

    /// <summary>The storage drivers whose volumes Velero moves, with <c>*</c>; empty where it moves all. Volumes of others, and their claims, an import moves.</summary>
    public IReadOnlyList<string> VolumeDriver { get; init; } = [];

    /// <summary>
    /// Kinds whose definition requires a status and has no way of its own for it, so that a restore without their status is
    /// refused: what <c>restoreStatus.includedResources</c> of a restore must name wherever it takes them, as Velero names them; empty where no cluster was asked what it serves.
    /// </summary>
    public IReadOnlyList<string> RestoreStatusResource { get; init; } = [];

    /// <summary>Why Velero moves them, in words for people.</summary>
    public IReadOnlyList<string> Reason { get; init; } = [];
}
