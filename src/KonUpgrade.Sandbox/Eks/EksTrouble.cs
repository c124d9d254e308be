namespace KonUpgrade.Sandbox.Eks;

/// <summary>
/// Something that goes wrong in the life of node groups, until it is taken away. What follows depends on the code:
/// <list type="bullet">
/// <item><c>NodeCreationFailure</c>: machines run, and do not join the cluster.</item>
/// <item><c>AsgInstanceLaunchFailures</c>, <c>InstanceLimitExceeded</c>, <c>InsufficientFreeAddresses</c>, <c>AmiIdNotFound</c>: no machine starts.</item>
/// <item><c>PodEvictionFailure</c>: no Pod is evicted, whatever its budget says.</item>
/// <item><c>Ec2SecurityGroupDeletionFailure</c>, <c>Ec2LaunchTemplateDeletionFailure</c>, <c>NodeTerminationFailure</c>: a deletion fails.</item>
/// <item>every other code of the service's issues, such as <c>AccessDenied</c> or <c>AutoScalingGroupNotFound</c>: a group that is created fails, one that is there is degraded.</item>
/// </list>
/// </summary>
/// <param name="Code">A code of the service's NodegroupIssueCode.</param>
public sealed record EksTrouble(string Code)
{
    /// <summary>The cluster; null for all.</summary>
    public string? Cluster { get; init; }

    /// <summary>The node group, or the beginning of its name and <c>*</c>; null for all.</summary>
    public string? Nodegroup { get; init; }

    /// <summary>What the issue says; null for the service's own words.</summary>
    public string? Message { get; init; }

    /// <summary>How many times it strikes: so many machines, or deletions; null for always.</summary>
    public int? Count { get; init; }

    internal TroubleKind Kind => Code switch
    {
        "NodeCreationFailure" => TroubleKind.Join,
        "AsgInstanceLaunchFailures" or "InstanceLimitExceeded" or "InsufficientFreeAddresses" or "AmiIdNotFound" => TroubleKind.Launch,
        "PodEvictionFailure" => TroubleKind.Evict,
        "Ec2SecurityGroupDeletionFailure" or "Ec2LaunchTemplateDeletionFailure" or "NodeTerminationFailure" => TroubleKind.Delete,
        _ => TroubleKind.Health,
    };

    internal string Words => Message ?? Code switch
    {
        "NodeCreationFailure" => "Instances failed to join the kubernetes cluster",
        "AsgInstanceLaunchFailures" => "Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient capacity in the Availability Zone you requested. Launching EC2 instance failed.",
        "InstanceLimitExceeded" => "You have requested more instances than your current instance limit allows.",
        "InsufficientFreeAddresses" => "One or more of the subnets associated with your node group does not have enough available IP addresses for new nodes.",
        "PodEvictionFailure" => "Reached max retries while trying to evict pods from nodes in node group",
        "AccessDenied" => "Your worker nodes do not have access to the cluster.",
        "AutoScalingGroupNotFound" => "The Auto Scaling group of the node group could not be found.",
        "Ec2SecurityGroupDeletionFailure" => "DependencyViolation - resource has a dependent object",
        _ => $"{Code} was asked for in the sandbox",
    };

    internal bool Fits(string cluster, string nodegroup)
        => (Cluster is null || Cluster == cluster)
        && (Nodegroup is null || (Nodegroup.EndsWith('*') ? nodegroup.StartsWith(Nodegroup[..^1], StringComparison.Ordinal) : Nodegroup == nodegroup));
}

/// <summary>Where a trouble strikes.</summary>
internal enum TroubleKind
{
    Launch,
    Join,
    Evict,
    Delete,
    Health,
}
