using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.DataPlane.Workloads;

/// <summary>Which Pods a ReplicaSet gives up first: those that are of the least use.</summary>
internal static class Removal
{
    public static IEnumerable<PodView> Order(IReadOnlyCollection<PodView> pods, PlaneContext plane)
    {
        Dictionary<string, int> together = pods.Where(pod => pod.NodeName.Length > 0).GroupBy(pod => pod.NodeName, StringComparer.Ordinal).ToDictionary(node => node.Key, node => node.Count(), StringComparer.Ordinal);
        return pods
            .OrderBy(pod => pod.NodeName.Length > 0)
            .ThenBy(pod => pod.Phase switch { "Pending" or "" => 0, "Unknown" => 1, _ => 2 })
            .ThenBy(pod => pod.Ready)
            .ThenBy(pod => pod.Cost)
            .ThenByDescending(pod => together.GetValueOrDefault(pod.NodeName))
            .ThenByDescending(pod => pod.ReadySince ?? plane.Now)
            .ThenByDescending(pod => pod.Restarts)
            .ThenByDescending(pod => pod.Created)
            .ThenBy(pod => pod.Name, StringComparer.Ordinal);
    }
}
