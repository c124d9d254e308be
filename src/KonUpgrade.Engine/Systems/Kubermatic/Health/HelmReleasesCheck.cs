using System.Globalization;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>
/// No Helm release of the master is in the middle of something: the installer upgrades those of the charts that Kubermatic
/// needs, and Helm refuses one that is pending. Which versions of the charts it takes only the installer knows.
/// </summary>
internal sealed class HelmReleasesCheck : IReadinessCheck<KubermaticSurvey>
{
    private static readonly ApiResource s_secrets = new() { Group = "", Version = "v1", Kind = "Secret", Plural = "secrets", Namespaced = true };

    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticHelmReleases",
        "No Helm release of the master is pending or has failed",
        ReadinessCategory.System,
        "Look at it with helm history; helm rollback brings it back to the revision before.");

    public async Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken)
    {
        var newest = new Dictionary<(string Namespace, string Name), (int Revision, string Status)>();
        // Its labels say it all: what it installed is not looked at.
        var list = new ListOptions { LabelSelector = "owner=helm", MetadataOnly = true };
        await foreach (var o in subject.Master.Client.ListAsync(s_secrets, list, cancellationToken).ConfigureAwait(false))
        {
            using (o)
            {
                if (o.Label("name") is not { } name || !int.TryParse(o.Label("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
                    continue;
                var key = (o.Namespace ?? "", name);
                if (!newest.TryGetValue(key, out var seen) || seen.Revision < revision)
                    newest[key] = (revision, o.Label("status") ?? "");
            }
        }
        var findings = newest.OrderBy(release => release.Key).SelectMany(release => Look(release.Key.Namespace, release.Key.Name, release.Value.Revision, release.Value.Status));
        return ReadinessOutcome.Of(newest.Count, "Helm release", [.. findings]);
    }

    private static IEnumerable<ReadinessFinding> Look(string ns, string name, int revision, string status)
    {
        var isPending = status.StartsWith("pending", StringComparison.Ordinal);
        if (!isPending && status != "failed")
            yield break;
        yield return new ReadinessFinding
        {
            Target = $"Helm release {ns}/{name}",
            Namespace = ns,
            Name = name,
            Message = string.Create(CultureInfo.InvariantCulture, $"its revision {revision} is {status}"),
            Severity = isPending ? ReadinessSeverity.Blocking : ReadinessSeverity.Advisory,
        };
    }
}
