using KonUpgrade.Engine.Nodepools.Pods;

namespace KonUpgrade.Engine.Nodepools.Draining.Filters;

/// <summary>A pod that should have been gone long ago, on a kubelet that does not answer, say, is no longer waited for (kubectl skipDeletedFilter).</summary>
internal sealed class TerminatingFilter(TimeSpan skipAfter, DateTimeOffset now) : IPodFilter
{
    public PodVerdict Judge(PodFacts pod) => IsSkipped(pod, skipAfter, now) ? PodVerdict.Skip : PodVerdict.Go;

    /// <summary>Whether a pod's time was over for longer than is waited for.</summary>
    public static bool IsSkipped(PodFacts pod, TimeSpan skipAfter, DateTimeOffset now) =>
        skipAfter > TimeSpan.Zero && pod.DeletionTime is { } due && now - due > skipAfter;
}
