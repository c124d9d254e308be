using Amazon.Runtime;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>What the errors of IAM mean, and what to do about them: the one place that knows the service's codes.</summary>
internal static class IamFailures
{
    /// <summary>The code for what is not there.</summary>
    public const string Absent = "NoSuchEntity";

    /// <summary>The failure of a call.</summary>
    /// <param name="e">What the SDK threw.</param>
    /// <param name="call">What the call was for.</param>
    public static Failure Of(Exception e, AwsCall call) => Own((e as AmazonServiceException)?.ErrorCode) is var (id, kind, remedy)
        ? new Failure { Id = id, Kind = kind, Message = AwsFailures.Sentence(call, e), Recommendation = remedy, Target = call.Target }
        : AwsFailures.Of(e, call);

    private static (string Id, FailureKind Kind, string Remedy)? Own(string? code) => code switch
    {
        Absent => ("IamEntityNotFound", FailureKind.NotFound, "Look at the name, and at the account that the credentials belong to."),
        "LimitExceeded" => ("IamLimitExceeded", FailureKind.LimitsExceeded, "Have the quota raised (Service Quotas, IAM), or take away what is not needed."),
        "MalformedPolicyDocument" => ("IamPolicyRefused", FailureKind.InvalidData, "Look at what the service says: nothing was changed."),
        "UnmodifiableEntity" => ("IamRoleProtected", FailureKind.Refused, "A role that a service made for itself is changed by that service alone: use another role."),
        "ConcurrentModification" => ("IamConflict", FailureKind.Conflict, "Somebody else changes it at this moment: run it again."),
        "InvalidInput" or "ValidationError" => ("IamRequestRefused", FailureKind.InvalidData, "Look at what the service says."),
        _ => null,
    };
}
