using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Live;

/// <summary>A source of evidence about a cluster.</summary>
internal interface IEvidenceSource
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>Why it is not asked; null where it is.</summary>
    string? NotAsked { get; }

    /// <summary>What it shows.</summary>
    /// <exception cref="UpgradeException">It could not be read at all.</exception>
    IAsyncEnumerable<DeprecatedApi> FindAsync(CancellationToken cancellationToken);
}
