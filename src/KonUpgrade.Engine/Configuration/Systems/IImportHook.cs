using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Ordering;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Systems;

/// <summary>
/// What a system knows about the import of its objects beyond what a description can say. One instance serves one
/// import. <see cref="Inspect"/> and <see cref="PrepareAsync"/> are called one after another before anything is
/// written; the rest from several threads at once.
/// </summary>
public interface IImportHook
{
    /// <summary>Whether the hook wants to see the objects of a kind, before and while they are written.</summary>
    bool Concerns(string group, string kind);

    /// <summary>Looks at an object of the import before anything is written. Nothing of it may be kept but small facts.</summary>
    void Inspect(KubernetesObject o);

    /// <summary>
    /// Where an object comes among those of its kind: 0 and up, lower first, less than <see cref="ImportOrder.RankStep"/>.
    /// Asked after everything was inspected.
    /// </summary>
    int RankOf(ObjectKey key);

    /// <summary>Looks at the target once everything was inspected.</summary>
    /// <returns>Objects that are to be made beside those of the import.</returns>
    Task<IReadOnlyList<ImportAddition>> PrepareAsync(ImportHookContext context, CancellationToken cancellationToken);

    /// <summary>Says what becomes of an object that is about to be written.</summary>
    ImportVerdict Judge(KubernetesObject o);

    /// <summary>Says what becomes of an object that the target has already, whether it differs or not.</summary>
    /// <param name="imported">The object of the import.</param>
    /// <param name="live">The object of the target.</param>
    ImportVerdict JudgeExisting(KubernetesObject imported, KubernetesObject live);

    /// <summary>Tells what became of an object, so that others may depend on it.</summary>
    void Finished(ObjectKey key, ClusterConfigChange change);
}

/// <summary>What a hook may look at.</summary>
/// <param name="Target">The cluster that is imported into.</param>
/// <param name="Catalog">What it serves.</param>
/// <param name="Order">The order in which the kinds arrive.</param>
/// <param name="Reporter">Where it tells what it finds.</param>
public sealed record ImportHookContext(KubernetesClient Target, ApiCatalog Catalog, ImportOrder Order, IReporter Reporter)
{
    /// <summary>What the export says of itself; null for plain manifests.</summary>
    public ClusterConfigExport? Export { get; init; }

    /// <summary>Opens the cluster that the export is of; null where nothing leads to it.</summary>
    public ImportHookSource? Source { get; init; }

    /// <summary>Which workloads arrive held.</summary>
    public required WorkloadClass Hold { get; init; }

    /// <summary>Kinds that may act on the world outside the cluster; <c>*</c> for all.</summary>
    public required IReadOnlyList<string> AllowOutward { get; init; }
}

/// <summary>Opens the cluster that an export is of. The caller disposes of it.</summary>
/// <returns>Null where nothing leads to that very cluster any more.</returns>
public delegate Task<ClusterConnection?> ImportHookSource(CancellationToken cancellationToken);

/// <summary>An object that is made beside those of the import.</summary>
/// <param name="Key">What it is.</param>
/// <param name="ApiVersion">Its group and version.</param>
/// <param name="Json">The object as UTF-8 JSON.</param>
/// <param name="Position">When it comes.</param>
public sealed record ImportAddition(ObjectKey Key, string ApiVersion, ReadOnlyMemory<byte> Json, ImportPosition Position)
{
    /// <summary>What is worth knowing about it, or null.</summary>
    public string? Note { get; init; }
}

/// <summary>What becomes of an object.</summary>
public sealed record ImportVerdict
{
    /// <summary>It is written as it is.</summary>
    public static ImportVerdict Write { get; } = new();

    /// <summary>Why it is left alone, or null.</summary>
    public string? SkipReason { get; private init; }

    /// <summary>Why it can't be written, or null.</summary>
    public Failure? Failure { get; private init; }

    /// <summary>What is written in its stead, as UTF-8 JSON; null for itself.</summary>
    public ReadOnlyMemory<byte>? Json { get; init; }

    /// <summary>What is worth knowing about it, or null.</summary>
    public string? Note { get; init; }

    /// <summary>It is left alone.</summary>
    public static ImportVerdict Skip(string reason) => new() { SkipReason = reason };

    /// <summary>It can't be written.</summary>
    public static ImportVerdict Fail(Failure failure) => new() { Failure = failure };
}
