using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Versions;

/// <summary>
/// No kubelet is too old for the API server that comes, nor newer than the one that is there. In place the next hop counts:
/// the nodes follow before the one after it.
/// </summary>
internal sealed class KubeletSkewCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "KubeletSkew",
        Title = "No kubelet is too far from its API server",
        Category = ReadinessCategory.Version,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Upgrade the nodes first (Update-Nodepool, Move-Nodepool).",
        Documentation = "https://kubernetes.io/releases/version-skew-policy/#kubelet",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var nodes = await subject.Blue.ReadAsync(NodeFact.All, cancellationToken).ConfigureAwait(false);
        return ReadinessOutcome.Of(nodes.Count, "node", [.. nodes.Select(node => Look(node, subject)).OfType<ReadinessFinding>()]);
    }

    private static ReadinessFinding? Look(NodeFact node, UpgradeSurvey subject)
    {
        if (node.KubeletVersion is not { Length: > 0 } text || TargetVersion.TryParse(text) is not { } kubelet)
            return node.Finding("it does not tell its kubelet's version", ReadinessSeverity.Advisory);
        return VersionSkew.OfNode(kubelet, subject) is { } problem ? node.Finding($"its kubelet is {text}, {problem}") : null;
    }
}
