using KonUpgrade.Engine.Aws.Query;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>GetPolicyVersion: a version of a managed policy, with its document.</summary>
internal static class GetPolicyVersion
{
    public static QueryCall Call(string policyArn, string versionId) => new("GetPolicyVersion", ("PolicyArn", policyArn), ("VersionId", versionId))
    {
        About = new AwsCall($"IAM could not be asked for version {versionId} of the policy {policyArn}", "iam:GetPolicyVersion", policyArn),
    };
}
