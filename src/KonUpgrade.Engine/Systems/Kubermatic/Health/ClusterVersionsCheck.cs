using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>
/// The version of every user cluster is offered, or is updated by itself. Where the KubermaticConfiguration offers none of
/// its own, those of the release hold (of 2.31: 1.33 to 1.36, and 1.32 by itself to 1.33).
/// </summary>
internal sealed class ClusterVersionsCheck : IReadinessCheck<KubermaticSurvey>
{
    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticClusterVersions",
        "The version of every user cluster is offered, or updated by itself",
        ReadinessCategory.Version,
        "Update the cluster to a version that is offered before Kubermatic is upgraded; or offer its version (spec.versions.versions), in the file that the installer is given as well.");

    public async Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken)
    {
        if (PreflightTarget.Of(subject) is not { } target)
            return PreflightTarget.NotNamed;
        var clusters = await subject.ClustersAsync(cancellationToken).ConfigureAwait(false);
        var findings = new List<ReadinessFinding>();
        var unread = new List<Failure>(clusters.Unread);
        foreach (var seed in clusters.Found.GroupBy(found => found.Seed))
        {
            var configuration = await subject.ConfigurationOfAsync(seed.Key, cancellationToken).ConfigureAwait(false);
            if (configuration is null || OfferedVersions.Of(configuration, target) is not { } offered)
                unread.Add(NotKnown(seed.Key, target));
            else
                findings.AddRange(seed.SelectMany(found => Look(found, offered)));
        }
        return ReadinessOutcome.Of(clusters.Found.Count, "user cluster", findings) with { Unread = [.. unread.Distinct()] };
    }

    private static IEnumerable<ReadinessFinding> Look(SeedUserCluster found, OfferedVersions offered)
    {
        if (found.Cluster.IsDeleting)
            yield break;
        if (KubermaticVersion.Parse(found.Cluster.Version) is not { } version)
            yield return KubermaticFinding.Of(found, found.Cluster.Version is null ? "it names no version" : $"its version '{found.Cluster.Version}' can't be read");
        else if (!offered.Includes(version))
            yield return KubermaticFinding.Of(found, $"its version {version} is neither offered nor updated by itself ({offered.Text})");
    }

    private static Failure NotKnown(SeedReference seed, KubermaticVersion target) => new()
    {
        Id = "OfferedVersionsUnknown",
        Kind = FailureKind.NotSupported,
        Message = $"Which versions of Kubernetes are offered is not known here: the KubermaticConfiguration in {seed.Namespace} names none, or update rules that can't be read, and those of Kubermatic {target} itself are not known.",
        Recommendation = "Name them in spec.versions of the KubermaticConfiguration.",
        Target = seed.Namespace,
    };
}
