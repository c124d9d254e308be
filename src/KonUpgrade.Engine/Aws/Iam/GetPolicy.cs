using KonUpgrade.Engine.Aws.Query;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>GetPolicy: a managed policy, without its document (see <see cref="GetPolicyVersion"/>).</summary>
internal static class GetPolicy
{
    public static QueryCall Call(string policyArn) => new("GetPolicy", ("PolicyArn", policyArn))
    {
        About = new AwsCall($"IAM could not be asked for the policy {policyArn}", "iam:GetPolicy", policyArn),
    };

    public static ManagedPolicy Read(QueryResponse response) =>
        new(response.Text("Policy", "PolicyName"), response.Text("Policy", "Arn"), response.Text("Policy", "DefaultVersionId"));
}
