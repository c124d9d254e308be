using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Systems;

/// <summary>What a system knows of the clusters that belong together, where it runs on more than one.</summary>
public interface IClusterFamily
{
    /// <summary>The clusters that belong to one that was named, itself first.</summary>
    /// <param name="named">The cluster.</param>
    /// <param name="system">The system's description.</param>
    /// <param name="options">How connections to the others are made.</param>
    /// <param name="reporter">Told what was found.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task<IReadOnlyList<FamilyMember>> FindAsync(
        ClusterConnection named, SystemDescription system, ConnectionOptions options, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>One of several clusters that belong together.</summary>
public sealed record FamilyMember
{
    /// <summary>What it is within the system, as <see cref="ClusterConfigExport.Role"/>.</summary>
    public required string Role { get; init; }

    /// <summary>The part of the directory that its export takes, or empty where the cluster stands alone.</summary>
    public required string Folder { get; init; }

    /// <summary>The way to it, which the caller disposes of; null for the named cluster itself, and where it can't be opened.</summary>
    public ClusterConnection? Connection { get; init; }

    /// <summary>Why it can't be exported, or null.</summary>
    public Failure? Failure { get; init; }

    /// <summary>The system, with what is particular to this cluster.</summary>
    public required SystemDescription System { get; init; }

    /// <summary>How many objects it has, as others count them.</summary>
    public IReadOnlyList<ReportedCount> Reported { get; init; } = [];

    /// <summary>Closes the ways to members.</summary>
    public static async ValueTask CloseAsync(IEnumerable<FamilyMember> members)
    {
        foreach (var connection in members.Select(member => member.Connection).OfType<ClusterConnection>())
            await connection.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>How many objects of a kind a cluster has, as somebody else counts them.</summary>
/// <param name="Kind">The kind, as <c>Cluster.kubermatic.k8c.io</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="By">Who says so.</param>
public sealed record ReportedCount(string Kind, long Count, string By);
