namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>DeleteNodegroup: DELETE /clusters/{name}/node-groups/{nodegroupName}.</summary>
internal static class DeleteNodegroup
{
    public static EksCall Call(string clusterName, string nodegroupName) => new("DeleteNodegroup", "delete")
    {
        Method = "DELETE",
        Path = "/{name}/node-groups/{nodegroupName}",
        ClusterName = clusterName,
        NodegroupName = nodegroupName,
    };
}
