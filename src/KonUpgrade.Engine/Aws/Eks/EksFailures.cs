using Amazon.Runtime;
using KonUpgrade.Engine.Aws.RestJson;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>What the errors of EKS mean, and what to do about them: the one place that knows the service's codes.</summary>
internal static class EksFailures
{
    /// <summary>The exception of a call that failed.</summary>
    /// <param name="e">What the SDK threw.</param>
    /// <param name="call">The call.</param>
    /// <param name="region">The region that was asked.</param>
    public static EksException Of(Exception e, EksCall call, string region)
    {
        var about = new AwsCall($"EKS in {region} did not {call.What} {call.Subject}", $"eks:{call.Operation}", call.Target);
        var fields = RestJsonException.FieldsOf(e);
        var code = (e as AmazonServiceException)?.ErrorCode;
        var failure = Own(code, e, call, fields) is var (id, kind, remedy)
            ? new Failure { Id = id, Kind = kind, Message = AwsFailures.Sentence(about, e), Recommendation = remedy, Target = call.Target }
            : AwsFailures.Of(e, about);
        return code switch
        {
            "ResourceNotFoundException" => new ResourceNotFoundException(failure, e),
            "ResourceInUseException" => new ResourceInUseException(failure, e),
            "InvalidParameterException" => new InvalidParameterException(failure, e),
            "InvalidRequestException" => new InvalidRequestException(failure, e),
            "ResourceLimitExceededException" => new ResourceLimitExceededException(failure, e),
            _ when failure.Id == "AwsAccessDenied" => new AccessDeniedException(failure, e),
            _ when failure.Id == "AwsThrottled" => new ThrottlingException(failure, e),
            _ => new EksException(failure, e),
        };
    }

    private static (string Id, FailureKind Kind, string Remedy)? Own(string? code, Exception e, EksCall call, IReadOnlyDictionary<string, string> fields) => code switch
    {
        "ResourceNotFoundException" => Missing(e, call, fields),
        "ResourceInUseException" when call.Creates =>
            ("NodegroupExists", FailureKind.AlreadyExists, "Choose another name, or go on with the node group that is there."),
        "ResourceInUseException" =>
            ("EksResourceInUse", FailureKind.Conflict, "Wait until the change that runs on it has ended; a cluster is deleted after its node groups and Fargate profiles."),
        "InvalidParameterException" => ("EksInvalidParameter", FailureKind.InvalidData, Parameter(e.Message)),
        "InvalidRequestException" => ("EksInvalidRequest", FailureKind.InvalidData, "Look at what the service says: either what was asked for is not there, or the state that the cluster has does not allow it."),
        "InvalidStateException" => ("EksInvalidState", FailureKind.Conflict, "Wait until the cluster is ACTIVE and its upgrade insights let it, then run it again."),
        "ResourceLimitExceededException" => ("EksLimitExceeded", FailureKind.LimitsExceeded, "Delete what is not needed, or have the quota raised (Service Quotas)."),
        "UnsupportedAvailabilityZoneException" => ("EksUnsupportedAvailabilityZone", FailureKind.InvalidData, "Choose subnets of other availability zones."),
        "ResourcePropagationDelayException" => ("EksPropagationDelay", FailureKind.Unavailable, "A role or policy that was made a moment ago is not known everywhere yet: run it again in a minute."),
        "ClientException" => ("EksClientError", FailureKind.InvalidData, $"Look at what the service says, and whether the credentials may call eks:{call.Operation}."),
        _ => null,
    };

    private static (string, FailureKind, string) Missing(Exception e, EksCall call, IReadOnlyDictionary<string, string> fields)
    {
        if (call.UpdateId is not null && e.Message.Contains("update", StringComparison.OrdinalIgnoreCase))
            return ("ClusterUpdateNotFound", FailureKind.NotFound, "Look at the update's id, and whether it is one of the cluster or of a node group.");
        if (call.AddonName is not null && e.Message.Contains("addon", StringComparison.OrdinalIgnoreCase))
            return ("AddonNotFound", FailureKind.NotFound, "Look at the add-on's name (aws eks list-addons), and whether it was removed.");
        var group = call.NodegroupName is not null
            && (fields.GetValueOrDefault("nodegroupName") is { Length: > 0 } || e.Message.Contains("node group", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("nodegroup", StringComparison.OrdinalIgnoreCase));
        return group
            ? ("NodegroupNotFound", FailureKind.NotFound, "Look at the node group's name, and whether it was deleted.")
            : ("ManagedClusterNotFound", FailureKind.NotFound, "Get-ManagedCluster lists the clusters of a region. Look whether the region and the account are the right ones.");
    }

    private static string Parameter(string message) =>
        message.Contains("subnet", StringComparison.OrdinalIgnoreCase) ? "Look at the subnets: they belong to the cluster's VPC, and are there."
        : message.Contains("role", StringComparison.OrdinalIgnoreCase) ? "Look at the role: it is in the cluster's account, EC2 may assume it, and it has the policies of a node."
        : message.Contains("version", StringComparison.OrdinalIgnoreCase) ? "Look at the version: a new node group has the one of its cluster."
        : "Change what the service names, and run it again.";
}
