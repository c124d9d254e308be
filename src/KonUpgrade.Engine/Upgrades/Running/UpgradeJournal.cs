using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Upgrades.Journals;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>Where the journal of an upgrade is kept: in a file, or in a cluster.</summary>
public sealed record UpgradeJournal
{
    private UpgradeJournal()
    {
    }

    /// <summary>The file; null where it is kept in a cluster.</summary>
    public string? Path { get; private init; }

    /// <summary>The cluster; null where it is a file. It stays the caller's.</summary>
    public ClusterConnection? Cluster { get; private init; }

    /// <summary>The upgrade's name, by which a cluster knows its journals.</summary>
    public string? Upgrade { get; private init; }

    /// <summary>How long another process that writes to a journal in a cluster is waited for. One that was killed lets go of it after 30 s.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>What is put around the store, for tests that end a process between two lines.</summary>
    internal Func<IJournalStore, IJournalStore> Around { get; init; } = store => store;

    /// <summary>A journal in a file.</summary>
    public static UpgradeJournal InFile(string path) => new() { Path = System.IO.Path.GetFullPath(path) };

    /// <summary>A journal in a cluster.</summary>
    public static UpgradeJournal InCluster(ClusterConnection cluster, string upgrade) => new() { Cluster = cluster, Upgrade = upgrade };

    /// <inheritdoc/>
    public override string ToString() => Path ?? $"{Upgrade} in {Cluster!.Context.Name}";
}
