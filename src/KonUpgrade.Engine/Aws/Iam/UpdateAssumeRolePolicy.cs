using KonUpgrade.Engine.Aws.Query;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>UpdateAssumeRolePolicy: replaces a role's trust policy as a whole.</summary>
internal static class UpdateAssumeRolePolicy
{
    public static QueryCall Call(string roleName, string policyDocument) => new("UpdateAssumeRolePolicy", ("RoleName", roleName), ("PolicyDocument", policyDocument))
    {
        About = new AwsCall($"IAM did not take the trust policy of role {roleName}", "iam:UpdateAssumeRolePolicy", roleName),
    };
}
