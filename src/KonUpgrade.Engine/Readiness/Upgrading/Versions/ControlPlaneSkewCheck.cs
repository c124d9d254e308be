using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Versions;

/// <summary>
/// The parts of a control plane that runs as pods of its own cluster (kubeadm's labels) are as near to each other as they
/// must be: API servers within one minor version, the controllers and the scheduler never newer and one older at the most.
/// </summary>
internal sealed class ControlPlaneSkewCheck : IReadinessCheck<UpgradeSurvey>
{
    private static readonly string[] s_parts = ["kube-controller-manager", "kube-scheduler", "cloud-controller-manager"];

    public ReadinessRule Rule { get; } = new()
    {
        Id = "ControlPlaneSkew",
        Title = "The parts of the control plane are of versions that fit",
        Category = ReadinessCategory.Version,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Finish the upgrade that was begun before another one begins.",
        Documentation = "https://kubernetes.io/releases/version-skew-policy/#kube-controller-manager-kube-scheduler-and-cloud-controller-manager",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var pods = (await subject.Blue.ReadAsync(PodFact.All, cancellationToken).ConfigureAwait(false)).Where(pod => pod is { IsFinished: false, ControlPlane: not null }).ToList();
        if (pods.Count == 0)
            return ReadinessOutcome.None("The control plane does not run as pods of this cluster: its keeper answers for its parts.");
        var parts = pods.Where(pod => pod.ControlPlane!.Version is not null).Select(pod => (Pod: pod, pod.ControlPlane!.Component, Version: pod.ControlPlane.Version!)).ToList();
        var servers = parts.Where(part => part.Component == "kube-apiserver").ToList();
        var oldest = servers.Count > 0 ? servers.MinBy(part => part.Version.Minor).Version : subject.Blue.Version;
        var findings = servers.Where(part => part.Version.Minor > oldest.Minor + 1)
            .Select(part => part.Pod.Finding($"it is {part.Version}, more than one minor version newer than another API server, {VersionPathCheck.Text(oldest)}"))
            .Concat(parts.Where(part => s_parts.Contains(part.Component))
                .Select(part => (part.Pod, part.Version, Problem: VersionSkew.OfControlPlane(part.Version, oldest, "an API server")))
                .Where(one => one.Problem is not null)
                .Select(one => one.Pod.Finding($"it is {one.Version}, {one.Problem}")));
        return ReadinessOutcome.Of(pods.Count, "pod of the control plane", [.. findings], "pods of the control plane");
    }
}
