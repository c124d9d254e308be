using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Eks.Nodegroups;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks.Operations;

/// <summary>DeleteNodegroup: the nodes are drained, and after a while end by force. Asked twice it is answered twice.</summary>
internal static class DeleteNodegroup
{
    public static JsonObject Run(Nodegroup group, EksRequest request)
    {
        if (group.Running is { } running)
            throw request.InUse($"Cannot delete because nodegroup {group.Name} currently has update {running.Id} in progress");
        if (group.Status != NodegroupStatus.Deleting)
        {
            group.Status = NodegroupStatus.Deleting;
            group.ModifiedAt = group.Cluster.Now;
            group.Issues.Clear();
            group.Cluster.Wake(group);
        }
        return new JsonObject { ["nodegroup"] = group.ToJson() };
    }
}
