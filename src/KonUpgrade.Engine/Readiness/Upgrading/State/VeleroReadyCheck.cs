using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Engine.Velero.Server;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.State;

/// <summary>
/// Where Velero is installed it works: its server runs, a storage location is available, and green's server understands what
/// blue's writes. Versions are read from the images alone, since asking the server would make an object.
/// </summary>
internal sealed class VeleroReadyCheck : IReadinessCheck<UpgradeSurvey>
{
    private const string UsualNamespace = "velero";

    public ReadinessRule Rule { get; } = new()
    {
        Id = "VeleroReady",
        Title = "Velero, where it is installed, can back up and restore",
        Category = ReadinessCategory.State,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Bring its server and its storage location back before a backup is counted on.",
        Documentation = "https://velero.io/docs/main/migration-case/",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        if (!IsServed(subject.Blue))
        {
            return subject.Blue.Catalog.Failures.FirstOrDefault(failure => ApiCatalog.GroupOf(failure) == VeleroResources.Group) is { } failed
                ? new ReadinessOutcome { Examined = "", Unread = [failed] }
                : ReadinessOutcome.None($"{subject.Name} has no Velero.");
        }
        var findings = new List<ReadinessFinding>();
        var source = await LookAsync(subject.Blue, forBackup: true, subject.Reporter, findings, cancellationToken).ConfigureAwait(false);
        if (subject.Green is not { } green)
            return ReadinessOutcome.Of(1, "server of Velero", findings);
        if (!IsServed(green))
        {
            findings.Add(Finding(green, $"it has no Velero, and {subject.Name} has one", ReadinessSeverity.Advisory, "Install it with the bucket that both share, where state is to come by Velero."));
            return ReadinessOutcome.Of(1, "server of Velero", findings);
        }
        var target = await LookAsync(green, forBackup: false, subject.Reporter, findings, cancellationToken).ConfigureAwait(false);
        if (VeleroSkew.Of(source, target) is { } skew)
            findings.Add(Finding(green, $"its Velero {target} need not understand what {subject.Name}'s {source} backs up", ReadinessSeverity.Advisory, skew));
        return ReadinessOutcome.Of(2, "server of Velero", findings, "servers of Velero");
    }

    private static bool IsServed(ClusterSurvey cluster) => cluster.Catalog.Find(VeleroResources.Group, "v1", "Backup") is not null;

    // What Velero itself would refuse is found; what keeps us from looking goes up.
    private static async Task<string?> LookAsync(ClusterSurvey cluster, bool forBackup, IReporter reporter, List<ReadinessFinding> findings, CancellationToken cancellationToken)
    {
        var locations = await cluster.ReadAsync(VeleroLocationFact.All, cancellationToken).ConfigureAwait(false);
        var ns = locations.Select(location => location.Namespace).FirstOrDefault(name => name is not null) ?? UsualNamespace;
        var server = new VeleroServer(cluster.Cluster, ns, reporter, cluster.Time);
        try
        {
            await server.RequireAsync(forBackup, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e) when (e.Failure.Id is "VeleroNotRunning" or "VeleroOnlyRestores")
        {
            findings.Add(Finding(cluster, e.Failure.Message, ReadinessSeverity.Blocking, e.Failure.Recommendation));
        }
        if (!locations.Any(location => location.Namespace == ns && location.Location.IsAvailable && !(forBackup && location.Location.IsReadOnly)))
        {
            findings.Add(Finding(
                cluster, $"no storage location of its Velero is Available{(forBackup ? " and takes backups" : "")}: {(locations.Count == 0 ? $"the namespace {ns} has none" : string.Join("; ", locations.Select(Told)))}",
                ReadinessSeverity.Blocking, $"Look at it: kubectl -n {ns} describe backupstoragelocation."));
        }
        return server.Version;
    }

    private static string Told(VeleroLocationFact fact) =>
        $"{fact.Name} ({fact.Location.Address}) is {fact.Location.Phase}{(fact.Location.IsReadOnly ? ", ReadOnly" : "")}{(fact.Location.Message is { Length: > 0 } why ? $", {why}" : "")}";

    private static ReadinessFinding Finding(ClusterSurvey cluster, string message, ReadinessSeverity severity, string? remedy) =>
        new() { Target = cluster.Name, Message = message, Severity = severity, Remedy = remedy };
}
