using KonUpgrade.Engine.Aws.Query;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>GetRolePolicy: a policy that is a role's own (inline), with its document.</summary>
internal static class GetRolePolicy
{
    public static QueryCall Call(string roleName, string policyName) => new("GetRolePolicy", ("RoleName", roleName), ("PolicyName", policyName))
    {
        About = new AwsCall($"IAM could not be asked for the policy {policyName} of role {roleName}", "iam:GetRolePolicy", roleName),
    };
}
