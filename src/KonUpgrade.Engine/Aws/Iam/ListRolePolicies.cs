using KonUpgrade.Engine.Aws.Query;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>ListRolePolicies: the names of the policies that are a role's own (inline).</summary>
internal static class ListRolePolicies
{
    public static QueryCall Call(string roleName, string? marker) => new("ListRolePolicies", ("RoleName", roleName), ("Marker", marker))
    {
        About = new AwsCall($"IAM did not list the inline policies of role {roleName}", "iam:ListRolePolicies", roleName),
    };
}
