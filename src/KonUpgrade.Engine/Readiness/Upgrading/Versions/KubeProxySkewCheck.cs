using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Versions;

/// <summary>No kube-proxy is too old for the API server that comes, nor newer than the one that is there.</summary>
internal sealed class KubeProxySkewCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "KubeProxySkew",
        Title = "No kube-proxy is too far from its API server",
        Category = ReadinessCategory.Version,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Upgrade kube-proxy first: as an add-on of the provider, or by its DaemonSet's image.",
        Documentation = "https://kubernetes.io/releases/version-skew-policy/#kube-proxy",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var workloads = await subject.Blue.ReadAsync(WorkloadFact.All, cancellationToken).ConfigureAwait(false);
        var proxies = workloads.Where(workload => workload is { IsDaemonSet: true, Namespace: "kube-system" } && workload.Name.StartsWith("kube-proxy", StringComparison.Ordinal)).ToList();
        return proxies.Count == 0
            ? ReadinessOutcome.None("No DaemonSet kube-proxy runs in kube-system: the network has another, or the nodes run it themselves.")
            : ReadinessOutcome.Of(proxies.Count, "DaemonSet", [.. proxies.Select(proxy => Look(proxy, subject)).OfType<ReadinessFinding>()]);
    }

    private static ReadinessFinding? Look(WorkloadFact proxy, UpgradeSurvey subject)
    {
        var container = proxy.Containers.FirstOrDefault(one => one.Name == "kube-proxy") ?? (proxy.Containers is [var first, ..] ? first : null);
        if (container is null || ImageVersion.Of(container.Image) is not { } version)
            return proxy.Finding($"its image {container?.Image} does not tell its version", ReadinessSeverity.Advisory);
        return VersionSkew.OfNode(version, subject) is { } problem ? proxy.Finding($"it is {version.GitVersion}, {problem}") : null;
    }
}
