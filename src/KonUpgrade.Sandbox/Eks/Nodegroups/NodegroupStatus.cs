namespace KonUpgrade.Sandbox.Eks.Nodegroups;

/// <summary>The states of a node group, as the service writes them.</summary>
internal static class NodegroupStatus
{
    public const string Creating = "CREATING";
    public const string Active = "ACTIVE";
    public const string Updating = "UPDATING";
    public const string Deleting = "DELETING";
    public const string CreateFailed = "CREATE_FAILED";
    public const string DeleteFailed = "DELETE_FAILED";
    public const string Degraded = "DEGRADED";
}
