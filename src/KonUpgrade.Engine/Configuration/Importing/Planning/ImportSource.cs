using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Planning;

/// <summary>What is imported.</summary>
/// <param name="Path">Where it is, for messages.</param>
/// <param name="Export">What the export says of itself; null for plain manifests.</param>
/// <param name="Problems">What is wrong with the export as a whole.</param>
/// <param name="ReadAsync">Its objects, without their contents.</param>
internal sealed record ImportSource(
    string Path, ClusterConfigExport? Export, IReadOnlyList<Failure> Problems, Func<CancellationToken, IAsyncEnumerable<ManifestFile>> ReadAsync)
{
    /// <summary>What the export left out for what it holds.</summary>
    public Func<IEnumerable<LeftOutObject>> ReadLeftOut { get; init; } = () => [];

    /// <summary>Which files lie there and are not read, in words, when all was read; or null.</summary>
    public Func<string?> Unlisted { get; init; } = () => null;

    /// <summary>Why not everything is there that should be, or null.</summary>
    public Failure? Incomplete { get; init; } = Export is { Complete: false } ? ManifestFailures.Incomplete(Export) : null;

    /// <summary>The context of the cluster that it comes from, or null where it is of none or that is not known.</summary>
    public string? Context { get; init; } = Export?.Context;

    /// <summary>The identity of the cluster that it comes from, or null where that is not known.</summary>
    public string? ClusterUid { get; init; } = Export?.ClusterUid;

    /// <summary>Whether it came down a pipeline, and is all that somebody wanted, even where that is nothing.</summary>
    public bool IsPiped { get; init; }

    /// <summary>A directory, or what is like one.</summary>
    public static ImportSource Of(ManifestDirectory directory) => new(directory.Path, directory.Export, directory.Problems, directory.ReadAsync)
    {
        Incomplete = directory.Incomplete,
        Context = directory.Context,
        ClusterUid = directory.ClusterUid,
        IsPiped = directory.IsPiped,
        ReadLeftOut = directory.ReadLeftOut,
        Unlisted = () => directory.Unlisted,
    };
}
