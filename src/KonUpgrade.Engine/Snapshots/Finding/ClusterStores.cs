using System.Globalization;
using KonUpgrade.Engine.Aws.Sts;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots.Finding;

/// <summary>Finds the file systems of EFS and the volumes of EBS behind a cluster's PersistentVolumes, whoever made them.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="namespaces">The namespaces whose claims' volumes are meant; none for all volumes.</param>
/// <param name="reporter">Told of volumes that nothing of it serves.</param>
internal sealed class ClusterStores(ClusterConnection cluster, IReadOnlyList<string> namespaces, IReporter reporter)
{
    private const int MostNamed = 5;

    private static readonly ApiResource s_volumes = new() { Group = "", Version = "v1", Kind = "PersistentVolume", Plural = "persistentvolumes", Singular = "persistentvolume", Namespaced = false };

    /// <summary>The stores, each with the volumes that it serves.</summary>
    /// <param name="caller">Whose they are.</param>
    /// <param name="region">The region that is asked; a volume or the cluster may tell another one.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">NamespaceNotFound; or what the cluster says.</exception>
    public async Task<IReadOnlyList<SnapshotStore>> FindAsync(CallerIdentity caller, string region, CancellationToken cancellationToken)
    {
        await NamedNamespaces.CheckAsync(cluster, namespaces, reporter, cancellationToken).ConfigureAwait(false);
        var stores = new Dictionary<string, SnapshotStore>(StringComparer.Ordinal);
        var others = new List<(string Kind, string Name)>();
        await foreach (var volume in cluster.Client.ListAsync(s_volumes, ListOptions.All, cancellationToken).ConfigureAwait(false))
        {
            using (volume)
            {
                var claim = volume.Root.Member("spec").Member("claimRef").Text("namespace");
                if (namespaces.Count > 0 && (claim is null || !namespaces.Contains(claim)))
                    continue;
                if (VolumeStore.Read(volume) is not { } store)
                {
                    others.Add((VolumeStore.KindOf(volume), volume.Name));
                    continue;
                }

                var arn = $"arn:{caller.Partition}:{store.Service}:{store.Region ?? cluster.Eks?.Login.Region ?? region}:{caller.AccountId}:{store.Resource}";
                var before = stores.GetValueOrDefault(arn) ?? new SnapshotStore(arn);
                stores[arn] = before with { Volumes = [.. before.Volumes, store.Volume] };
            }
        }

        // One claim's volume is called as the claim is; a file system that many share has no such name.
        var found = stores.Values.Select(static store => store.Volumes is [{ Claim: not null } only] ? store with { Name = only.ToString() } : store).ToArray();
        Tell(found, others);
        return found;
    }

    private void Tell(SnapshotStore[] found, List<(string Kind, string Name)> others)
    {
        reporter.Verbose(string.Create(CultureInfo.InvariantCulture, $"{cluster.Context.Name}: {found.Sum(store => store.Volumes.Count)} volumes of {found.Length} stores of EFS and EBS, and {others.Count} others"));
        if (found.Length == 0)
            reporter.Warning($"{cluster.Context.Name} has no volumes of EFS or EBS{(namespaces.Count > 0 ? $" in {string.Join(", ", namespaces)}" : "")}: nothing of it is backed up.");
        if (others.Count == 0)
            return;
        var kinds = others.GroupBy(other => other.Kind, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key} ({string.Join(", ", group.Take(MostNamed).Select(other => other.Name))}{(group.Count() > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {group.Count() - MostNamed} more") : "")})");
        reporter.Warning($"Volumes of {cluster.Context.Name} that are neither of EFS nor of EBS are not backed up with it: {string.Join("; ", kinds)}. What AWS Backup protects of them can be named with -ResourceArn.");
    }
}
