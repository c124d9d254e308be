using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>The operator has brought one version to the master and to every seed: the one that is wanted, where that is said.</summary>
internal sealed class VersionReachedCheck : IReadinessCheck<KubermaticSurvey>
{
    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticVersionReached",
        "The operator has brought the version to the master and to every seed",
        ReadinessCategory.Version,
        "Look at the log of the Deployment kubermatic-operator on the master, and at the conditions of the Seed.");

    public async Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken)
    {
        var configurations = await subject.ConfigurationsAsync(cancellationToken).ConfigureAwait(false);
        var findings = new List<ReadinessFinding>();
        foreach (var configuration in configurations)
        {
            if (configuration.Version is null)
                findings.Add(configuration.Finding("the operator has not written a version to it"));
            else if (subject.Target is { } target && configuration.Version != target.Version)
                findings.Add(configuration.Finding($"it is at {configuration.Version}, and not at {target.Version}"));
        }
        foreach (var seed in subject.Seeds.Select(cluster => cluster.Seed))
        {
            var wanted = subject.Target?.Version ?? configurations.FirstOrDefault(one => one.Namespace == seed.Namespace)?.Version;
            if (wanted is null || seed.Version == wanted)
                continue;
            findings.Add(seed.IsLeftAlone
                ? KubermaticFinding.Of(seed, $"the operator leaves it alone: it is at {seed.Version ?? "no version"}, and not at {wanted}", ReadinessSeverity.Advisory, "Remove its annotation kubermatic.k8c.io/skip-reconciling when its turn has come.")
                : KubermaticFinding.Of(seed, $"it is at {seed.Version ?? "no version"}, and not at {wanted}"));
        }
        return ReadinessOutcome.Of(subject.Seeds.Count, "seed", findings) with { Examined = $"the master and {subject.Seeds.Count} seeds", Absent = null };
    }
}
