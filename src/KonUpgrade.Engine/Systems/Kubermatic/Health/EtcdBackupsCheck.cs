using System.Globalization;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>
/// The etcd of every user cluster was backed up within the last day. What an installer brings renews the control planes
/// of all of them, and an export of their objects is none of what their own clusters hold. Backups by other means are not
/// seen: what is found should be known, and keeps nobody from upgrading.
/// </summary>
internal sealed class EtcdBackupsCheck : IReadinessCheck<KubermaticSurvey>
{
    private static readonly TimeSpan s_recent = TimeSpan.FromDays(1);

    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticEtcdBackups",
        "The etcd of every user cluster was backed up within a day",
        ReadinessCategory.State,
        "Order one now: an EtcdBackupConfig without a schedule in the cluster's namespace on its seed. It is there when status.currentBackups tells it as Completed.")
        with
    { Severity = ReadinessSeverity.Advisory };

    public async Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken)
    {
        var clusters = await subject.ClustersAsync(cancellationToken).ConfigureAwait(false);
        var lasting = clusters.Found.Where(static found => !found.Cluster.IsDeleting).ToLookup(static found => found.Seed);
        var findings = new List<ReadinessFinding>();
        var unread = new List<Failure>(clusters.Unread);
        foreach (var seed in subject.Seeds.Where(seed => lasting.Contains(seed.Seed)))
        {
            if (seed.Connection is not { } connection)
                continue;
            try
            {
                var configs = await ReadAsync(connection, cancellationToken).ConfigureAwait(false);
                findings.AddRange(Look([.. lasting[seed.Seed]], configs, subject.Time.GetUtcNow()));
            }
            catch (UpgradeException e)
            {
                unread.Add(seed.Unread(e.Failure));
            }
        }
        return ReadinessOutcome.Of(lasting.Sum(static onSeed => onSeed.Count()), "user cluster", findings) with { Unread = unread };
    }

    private static async Task<ILookup<string, EtcdBackupConfig>> ReadAsync(ClusterConnection seed, CancellationToken cancellationToken)
    {
        var configs = new List<EtcdBackupConfig>();
        if ((await seed.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false)).FindPreferred(KubermaticRole.Group, "EtcdBackupConfig") is { } resource)
        {
            await foreach (var o in seed.Client.ListAsync(resource, ListOptions.All, cancellationToken).ConfigureAwait(false))
            {
                using (o)
                {
                    if (EtcdBackupConfig.Read(o) is { } config)
                        configs.Add(config);
                }
            }
        }
        return configs.ToLookup(static config => config.Cluster, StringComparer.Ordinal);
    }

    private static IEnumerable<ReadinessFinding> Look(IReadOnlyList<SeedUserCluster> clusters, ILookup<string, EtcdBackupConfig> configs, DateTimeOffset now)
    {
        // Where backups are not set up at all, that is said once and not of each of hundreds.
        if (clusters.Count > 1 && clusters.All(found => !configs.Contains(found.Cluster.Name)))
        {
            yield return KubermaticFinding.Of(
                clusters[0].Seed, string.Create(CultureInfo.InvariantCulture, $"none of its {clusters.Count} user clusters has an EtcdBackupConfig: it backs up no etcd"), ReadinessSeverity.Advisory);
            yield break;
        }
        foreach (var found in clusters)
        {
            if (Look([.. configs[found.Cluster.Name]], now) is var (message, since))
                yield return KubermaticFinding.Of(found, message, ReadinessSeverity.Advisory) with { Since = since };
        }
    }

    private static (string Message, DateTimeOffset? Since)? Look(IReadOnlyList<EtcdBackupConfig> configs, DateTimeOffset now)
    {
        if (configs.Count == 0)
            return ("it has no EtcdBackupConfig: its etcd is not backed up", null);
        var failed = configs.SelectMany(static config => config.Backups).Where(static backup => backup.Phase == "Failed").MaxBy(static backup => backup.Time);
        if (configs.SelectMany(static config => config.Backups).Where(static backup => backup.Phase == "Completed").MaxBy(static backup => backup.Time) is not { Time: { } last })
            return ($"no backup of its etcd was completed{Why(failed)}", null);
        if (now - last <= s_recent)
            return null;
        var days = (int)(now - last).TotalDays;
        return (
            string.Create(CultureInfo.InvariantCulture, $"the last backup of its etcd is {days} {(days == 1 ? "day" : "days")} old, of {last:yyyy-MM-dd HH:mm} UTC{Why(failed?.Time > last ? failed : null)}"), last);
    }

    private static string Why(EtcdBackup? failed) => failed is null ? "" : $"; the last one failed{(failed.Message is { } message ? $": {message}" : "")}";
}
