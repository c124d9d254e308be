using KonUpgrade.Engine.Aws.Query;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>GetRole: a role by its name, which has no path.</summary>
internal static class GetRole
{
    public static QueryCall Call(string roleName) => new("GetRole", ("RoleName", roleName))
    {
        About = new AwsCall($"IAM could not be asked for the role {roleName}", "iam:GetRole", roleName),
    };

    public static IamRole Role(QueryResponse response) => new(response.Text("Role", "RoleName"), response.Text("Role", "Arn"));

    public static TrustingRole Trust(QueryResponse response) =>
        new(response.Text("Role", "RoleName"), response.Text("Role", "Arn"), response.Decoded("Role", "AssumeRolePolicyDocument"));
}
