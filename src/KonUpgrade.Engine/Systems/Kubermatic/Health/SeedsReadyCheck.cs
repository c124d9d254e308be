using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>
/// Every seed that the installer looks at is at most one minor version behind and, where its kubeconfig works, reconciled.
/// </summary>
internal sealed class SeedsReadyCheck : IReadinessCheck<KubermaticSurvey>
{
    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticSeedsReady",
        "Every seed is ready for the version that is wanted",
        ReadinessCategory.System,
        "Bring the seed to the version before first; one that the installer is to leave out (--skip-seed-validation) is accepted with -Exclude 'KubermaticSeedsReady:Seed */NAME'.");

    public Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken)
    {
        if (PreflightTarget.Of(subject) is not { } target)
            return Task.FromResult(PreflightTarget.NotNamed);
        var seeds = subject.Seeds.Select(cluster => cluster.Seed).ToList();
        return Task.FromResult(ReadinessOutcome.Of(seeds.Count, "seed", [.. seeds.SelectMany(seed => Look(seed, target))]));
    }

    private static IEnumerable<ReadinessFinding> Look(SeedReference seed, KubermaticVersion target)
    {
        if (KubermaticVersion.Parse(seed.Version) is not { } live)
            yield return KubermaticFinding.Of(seed, seed.Version is null ? "the operator has not told its version" : $"its version '{seed.Version}' can't be read");
        else if (PreflightTarget.IsTooOld(live, target))
            yield return KubermaticFinding.Of(seed, $"it is at {seed.Version}, more than one minor version before {target}", remedy: seed.IsLeftAlone ? "The operator leaves it alone: remove its annotation kubermatic.k8c.io/skip-reconciling, and wait until it has the version of the master." : null);
        if (seed.Conditions.GetValueOrDefault("KubeconfigValid") is { IsTrue: true })
        {
            if (seed.Conditions.GetValueOrDefault("ResourcesReconciled") is not { IsTrue: true } reconciled)
                yield return KubermaticFinding.Of(seed, $"its resources are not reconciled{(seed.Conditions.GetValueOrDefault("ResourcesReconciled")?.Why is { Length: > 0 } why ? $": {why}" : "")}");
        }
        else
        {
            yield return KubermaticFinding.Of(seed, "its kubeconfig is not known to work: the installer looks no further, and the operator will not get there", ReadinessSeverity.Advisory, "Renew the Secret that its spec.kubeconfig names.");
        }
    }
}
