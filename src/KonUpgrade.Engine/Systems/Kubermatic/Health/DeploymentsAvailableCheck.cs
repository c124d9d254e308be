using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Systems.Kubermatic.Reconciling;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>
/// The Deployments in Kubermatic's own namespace are rolled out and available, on the master and on every seed, and those
/// are there without which nothing is reconciled.
/// </summary>
internal sealed class DeploymentsAvailableCheck : IReadinessCheck<KubermaticSurvey>
{
    private static readonly string[] s_ofMasters = ["kubermatic-operator", "kubermatic-master-controller-manager"];

    // A headless installation has none of these.
    private static readonly string[] s_mostly = ["kubermatic-api", "kubermatic-dashboard", "kubermatic-webhook"];

    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticDeploymentsAvailable",
        "Kubermatic's own Deployments are available on the master and on every seed",
        ReadinessCategory.Workload,
        "Look at the Pods of the Deployment and their events (kubectl describe).");

    public async Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken)
    {
        var findings = new List<ReadinessFinding>();
        var unread = new List<Failure>();
        var count = 0;
        foreach (var ns in (await subject.ConfigurationsAsync(cancellationToken).ConfigureAwait(false)).Select(one => one.Namespace).Distinct(StringComparer.Ordinal))
        {
            string[] isSeed = subject.Seeds.Any(seed => seed.IsMaster && seed.Seed.Namespace == ns) ? [SeedController.Name] : [];
            count += await LookAsync(subject.Master, ns, seed: null, [.. s_ofMasters, .. isSeed], s_mostly, findings, cancellationToken).ConfigureAwait(false);
        }
        foreach (var seed in subject.Seeds.Where(seed => !seed.IsMaster))
        {
            try
            {
                if (seed.Connection is { } connection)
                    count += await LookAsync(connection, seed.Seed.Namespace, seed.Seed.Name, [SeedController.Name], [], findings, cancellationToken).ConfigureAwait(false);
                else
                    unread.Add(seed.Unread(seed.Failure!));
            }
            catch (UpgradeException e)
            {
                unread.Add(seed.Unread(e.Failure));
            }
        }
        return ReadinessOutcome.Of(count, "Deployment", findings) with { Unread = unread };
    }

    private static async Task<int> LookAsync(
        ClusterConnection cluster, string ns, string? seed, IReadOnlyList<string> needed, IReadOnlyList<string> mostly, List<ReadinessFinding> findings, CancellationToken cancellationToken)
    {
        var there = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var o in cluster.Client.ListAsync(CoreResources.Deployments, new ListOptions { Namespace = ns }, cancellationToken).ConfigureAwait(false))
        {
            using (o)
            {
                there.Add(o.Name);
                if (!SeedController.RolledOut(o))
                    findings.Add(Of(o.Name, "not all of its Pods are of its newest template and available"));
                else if (needed.Contains(o.Name) && o.Root.Member("spec"u8).Number("replicas") == 0)
                    findings.Add(Of(o.Name, "it is scaled to 0: nothing is reconciled", remedy: "Scale it up, or let go of it (Resume-ClusterWorkload)."));
            }
        }
        findings.AddRange(needed.Where(name => !there.Contains(name)).Select(name => Of(name, "it is not there")));
        findings.AddRange(mostly.Where(name => !there.Contains(name)).Select(name => Of(name, "it is not there, as in a headless installation", ReadinessSeverity.Advisory)));
        return there.Union(needed).Union(mostly).Count();

        ReadinessFinding Of(string name, string message, ReadinessSeverity severity = ReadinessSeverity.Blocking, string? remedy = null) =>
            KubermaticFinding.Of("Deployment", ns, name, seed, message, severity, remedy) with { ApiVersion = "apps/v1" };
    }
}
