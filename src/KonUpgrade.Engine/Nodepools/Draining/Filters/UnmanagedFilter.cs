using KonUpgrade.Engine.Nodepools.Pods;

namespace KonUpgrade.Engine.Nodepools.Draining.Filters;

/// <summary>A pod without a controller of any kind comes back nowhere (kubectl unreplicatedFilter).</summary>
internal sealed class UnmanagedFilter(bool force) : IPodFilter
{
    private static readonly PodRefusal s_refusal = new(
        "PodNotManaged", "no controller brings them back elsewhere", "Move them by hand, or let them go for good with -Force.");

    public PodVerdict Judge(PodFacts pod)
    {
        if (pod.IsFinished || pod.Controller is not null)
            return PodVerdict.Go;
        return force ? PodVerdict.GoWith("No controller owns it: it is gone for good.") : PodVerdict.Refuse(s_refusal);
    }
}
