using KonUpgrade.Engine.Nodepools.Pods;

namespace KonUpgrade.Engine.Nodepools.Draining.Filters;

/// <summary>One rule of whether a pod goes when its node is drained. A rule looks and does nothing.</summary>
internal interface IPodFilter
{
    PodVerdict Judge(PodFacts pod);
}
