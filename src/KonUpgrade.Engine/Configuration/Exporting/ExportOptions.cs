using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>What is exported, and where to.</summary>
public sealed record ExportOptions
{
    /// <summary>The directory. It is made where it is not there.</summary>
    public required string Path { get; init; }

    /// <summary>The system as which the cluster is exported.</summary>
    public required SystemDescription System { get; init; }

    /// <summary>What of the system; everything unless told.</summary>
    public ClusterConfigSelection Selection { get; init; } = new();

    /// <summary>What becomes of Secrets, and of what the system names as sensitive.</summary>
    public SecretHandling Secret { get; init; }

    /// <summary>What they are encrypted with, where they are to be encrypted. It stays the caller's.</summary>
    public SealingKey? Sealing { get; init; }

    /// <summary>What the cluster is within its system; null where the system has one cluster.</summary>
    public string? Role { get; init; }

    /// <summary>How many objects of a kind there must be, as somebody else counts them. An export that finds another number is not complete.</summary>
    public IReadOnlyList<ReportedCount> Reported { get; init; } = [];

    /// <summary>How many kinds are listed at the same time.</summary>
    public int ThrottleLimit { get; init; } = 4;

    /// <summary>Whether an export of another cluster, system or selection in the directory is replaced, or a damaged one. Otherwise it is refused.</summary>
    public bool ReplaceExport { get; init; }

    /// <summary>How object files are written; a seam for tests of full disks.</summary>
    internal IExportFiles Files { get; init; } = new DiskFiles();
}
