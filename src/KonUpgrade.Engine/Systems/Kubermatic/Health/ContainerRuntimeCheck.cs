using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>No user cluster runs its containers with docker: the installer refuses that.</summary>
internal sealed class ContainerRuntimeCheck : IReadinessCheck<KubermaticSurvey>
{
    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticContainerRuntime",
        "No user cluster runs its containers with docker",
        ReadinessCategory.Node,
        "Change spec.containerRuntime of the Cluster to containerd, and renew its machines.");

    public async Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken) =>
        (await subject.ClustersAsync(cancellationToken).ConfigureAwait(false)).Outcome(Look);

    private static IEnumerable<ReadinessFinding> Look(SeedUserCluster found)
    {
        if (found.Cluster.ContainerRuntime == "docker")
            yield return KubermaticFinding.Of(found, "it runs its containers with docker");
    }
}
