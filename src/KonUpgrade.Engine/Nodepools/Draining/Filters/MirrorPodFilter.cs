using KonUpgrade.Engine.Nodepools.Pods;

namespace KonUpgrade.Engine.Nodepools.Draining.Filters;

/// <summary>A mirror pod is its kubelet's, which runs it from a file whatever becomes of the object (kubectl mirrorPodFilter).</summary>
internal sealed class MirrorPodFilter : IPodFilter
{
    public PodVerdict Judge(PodFacts pod) => pod.IsMirror ? PodVerdict.Skip : PodVerdict.Go;
}
