using KonUpgrade.Sandbox.Aws;

namespace KonUpgrade.Sandbox.Iam;

/// <summary>The errors of IAM's model, with the statuses that it gives them.</summary>
internal static class IamError
{
    public static AwsError NoEntity(string message) => new(404, "NoSuchEntity", message);

    public static AwsError Malformed(string message) => new(400, "MalformedPolicyDocument", message);

    public static AwsError Limit(string message) => new(409, "LimitExceeded", message);

    public static AwsError Unmodifiable(string message) => new(400, "UnmodifiableEntity", message);

    public static AwsError Input(string message) => new(400, "InvalidInput", message);
}
