namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>What to do about the troubles that clusters, node groups and updates have, by their codes.</summary>
internal static class EksIssues
{
    /// <summary>The issues as a sentence, or null where there are none.</summary>
    public static string? Tell(IReadOnlyList<Issue> issues) => issues.Count == 0 ? null : string.Join("; ", issues.Select(issue => issue.ToString().TrimEnd('.', ' ')));

    /// <summary>What to do about the first of them that is known.</summary>
    public static string Remedy(IReadOnlyList<Issue> issues) =>
        issues.Select(issue => Of(issue.Code)).FirstOrDefault(remedy => remedy is not null) ?? "Look at what the service says, and at the group in the console.";

    private static string? Of(string? code) => code switch
    {
        "NodeCreationFailure" => "Look whether the nodes reach the API server (subnets, routes, security groups), the node role is one that the cluster knows, and the image starts; the instances' console output says more.",
        "NodeTerminationFailure" => "Look at the instances and the lifecycle hooks of the Auto Scaling group.",
        "PodEvictionFailure" => "Look at the PodDisruptionBudgets that let no pod go, and at pods that tolerate every taint.",
        "AsgInstanceLaunchFailures" or "InstanceLimitExceeded" or "LimitExceeded" => "Look at the quotas for the instance types, and at their capacity in the zones; or choose other types.",
        "InsufficientFreeAddresses" or "IpNotAvailable" or "EniLimitReached" => "Free addresses in the subnets, or name larger ones.",
        "AccessDenied" or "OperationNotPermitted" => "Look at the rights of the cluster's and the nodes' roles, and whether the cluster knows the node role (access entry or aws-auth).",
        "IamNodeRoleNotFound" or "IamInstanceProfileNotFound" => "Look whether the nodes' role and its instance profile are still there.",
        "Ec2SubnetNotFound" or "Ec2SubnetInvalidConfiguration" or "SubnetNotFound" => "Look at the subnets: they must be there, and give addresses as the group needs them.",
        "Ec2SecurityGroupNotFound" or "SecurityGroupNotFound" or "Ec2SecurityGroupDeletionFailure" => "Look at the security groups of the cluster and the group, and at what still uses them.",
        "Ec2LaunchTemplateNotFound" or "Ec2LaunchTemplateVersionMismatch" or "Ec2LaunchTemplateInvalidConfiguration" => "Look at the launch template: the service's own must not be changed, and yours must be there in the version that was named.",
        "AutoScalingGroupNotFound" or "AutoScalingGroupInvalidConfiguration" => "Somebody changed or deleted the Auto Scaling group: make a new node group.",
        "ClusterUnreachable" => "Look whether the API server answers, and its webhooks do.",
        "AdmissionRequestDenied" => "Look at the cluster's admission webhooks.",
        _ => null,
    };
}
