using KonUpgrade.Engine.Nodepools.Pods;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Filters;

/// <summary>
/// Pods of a DaemonSet stay: its controller does not ask whether a node is cordoned, and would bring them back (kubectl
/// daemonSetFilter, always as with --ignore-daemonsets).
/// </summary>
internal sealed class DaemonSetFilter(IReadOnlyDictionary<(string Namespace, string Name), DaemonSetState> daemonSets, bool force) : IPodFilter
{
    public PodVerdict Judge(PodFacts pod)
    {
        if (pod.Controller is not { IsDaemonSet: true } controller || pod.IsFinished)
            return PodVerdict.Go;
        var state = daemonSets.GetValueOrDefault((pod.Namespace, controller.Name)) ?? DaemonSetState.Missing;
        return (state.IsMissing, state.Failure) switch
        {
            (true, _) when force => PodVerdict.GoWith($"Its DaemonSet {controller.Name} is gone, and nothing brings it back."),
            (true, _) => PodVerdict.Refuse(new PodRefusal(
                "DaemonSetNotFound",
                $"the DaemonSet {pod.Namespace}/{controller.Name} that owns them is gone, and nothing would bring them back",
                "Delete the pods, or let them go with -Force.")),
            (_, { } failure) => PodVerdict.Refuse(new PodRefusal(
                "DaemonSetUnknown", $"the DaemonSet {pod.Namespace}/{controller.Name} that owns them could not be read: {failure.Message}", failure.Recommendation)),
            _ => PodVerdict.Leave($"It belongs to the DaemonSet {controller.Name}, whose pods stay on their nodes."),
        };
    }
}

/// <summary>Whether a DaemonSet is there.</summary>
internal sealed record DaemonSetState(bool IsMissing, Failure? Failure)
{
    public static DaemonSetState Found { get; } = new(false, null);

    public static DaemonSetState Missing { get; } = new(true, null);

    public static DaemonSetState Unknown(Failure failure) => new(false, failure);
}
