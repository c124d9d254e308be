using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing;

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
}
