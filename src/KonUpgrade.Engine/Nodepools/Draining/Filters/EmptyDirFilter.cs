using KonUpgrade.Engine.Nodepools.Pods;

namespace KonUpgrade.Engine.Nodepools.Draining.Filters;

/// <summary>What a pod keeps in an emptyDir goes with it (kubectl localStorageFilter; one in memory counts too).</summary>
internal sealed class EmptyDirFilter(bool deleteEmptyDirData) : IPodFilter
{
    private static readonly PodRefusal s_refusal = new(
        "PodHasLocalData", "what they keep in emptyDir volumes would be lost", "Save what matters, then allow it with -DeleteEmptyDirData.");

    public PodVerdict Judge(PodFacts pod)
    {
        if (!pod.HasEmptyDir || pod.IsFinished)
            return PodVerdict.Go;
        return deleteEmptyDirData ? PodVerdict.GoWith("What it keeps in emptyDir volumes goes with it.") : PodVerdict.Refuse(s_refusal);
    }
}
