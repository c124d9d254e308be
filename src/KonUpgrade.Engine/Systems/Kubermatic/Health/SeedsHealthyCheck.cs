using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>Every Seed is Healthy, and its conditions are True.</summary>
internal sealed class SeedsHealthyCheck : IReadinessCheck<KubermaticSurvey>
{
    private static readonly string[] s_conditions = ["KubeconfigValid", "ResourcesReconciled", "ClusterInitialized"];

    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticSeedsHealthy",
        "Every seed is healthy",
        ReadinessCategory.System,
        "Look at the conditions of the Seed, and at the log of the Deployment kubermatic-operator on the master.");

    public Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken) =>
        Task.FromResult(ReadinessOutcome.Of(subject.Seeds.Count, "seed", [.. subject.Seeds.SelectMany(cluster => Look(cluster.Seed))]));

    private static IEnumerable<ReadinessFinding> Look(SeedReference seed)
    {
        var severity = seed.IsLeftAlone ? ReadinessSeverity.Advisory : ReadinessSeverity.Blocking;
        var remedy = seed.IsLeftAlone ? "The operator leaves it alone: its conditions are of before. Remove its annotation kubermatic.k8c.io/skip-reconciling when its turn has come." : null;
        if (seed.Phase != "Healthy")
            yield return KubermaticFinding.Of(seed, seed.Phase is null ? "the operator has not told how it is" : $"it is {seed.Phase}", severity, remedy);
        foreach (var name in s_conditions)
        {
            if (seed.Conditions.TryGetValue(name, out var condition) && !condition.IsTrue)
                yield return KubermaticFinding.Of(seed, $"{name} is not True{(condition.Why.Length > 0 ? $": {condition.Why}" : "")}", severity, remedy, condition.Since);
        }
    }
}
