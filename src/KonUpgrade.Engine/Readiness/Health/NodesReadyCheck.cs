using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>Every node is ready and lacks nothing (Node.status.conditions).</summary>
internal sealed class NodesReadyCheck : IReadinessCheck<ClusterSurvey>
{
    // True is bad of all of these; NetworkUnavailable is set by some cloud providers' route controllers.
    private static readonly string[] s_troubles = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];

    public ReadinessRule Rule { get; } = new()
    {
        Id = "NodesReady",
        Title = "Every node is ready",
        Category = ReadinessCategory.Node,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Repair or replace the node, or remove it from the cluster: its pods have no other place while another one is drained.",
        Documentation = "https://kubernetes.io/docs/reference/node/node-status/",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var nodes = await subject.ReadAsync(NodeFact.All, cancellationToken).ConfigureAwait(false);
        return ReadinessOutcome.Of(nodes.Count, "node", [.. nodes.SelectMany(Look)]);
    }

    private static IEnumerable<ReadinessFinding> Look(NodeFact node)
    {
        if (node.Ready is not { IsTrue: true } ready)
            yield return node.Finding(node.Ready is { } why ? $"it is not ready: {why.Why}" : "its kubelet has not told that it is ready", since: node.Ready?.Since);
        foreach (var trouble in node.Conditions.Where(condition => condition.IsTrue && s_troubles.Contains(condition.Type)))
            yield return node.Finding($"{trouble.Type}: {trouble.Why}", since: trouble.Since);
        if (node.IsCordoned)
            yield return node.Finding("it is cordoned: no pod comes to it", ReadinessSeverity.Advisory, remedy: "Uncordon it (Resume-Nodepool, kubectl uncordon) unless it is about to go.");
    }
}
