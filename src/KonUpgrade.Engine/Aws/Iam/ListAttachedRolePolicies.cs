using System.Xml.Linq;
using KonUpgrade.Engine.Aws.Query;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>ListAttachedRolePolicies: the managed policies of a role.</summary>
internal static class ListAttachedRolePolicies
{
    public static QueryCall Call(string roleName, string? marker) => new("ListAttachedRolePolicies", ("RoleName", roleName), ("Marker", marker))
    {
        About = new AwsCall($"IAM did not list the managed policies of role {roleName}", "iam:ListAttachedRolePolicies", roleName),
    };

    public static AttachedPolicy Read(XElement member) => new(Part(member, "PolicyName"), Part(member, "PolicyArn"));

    private static string Part(XElement member, string name) => member.Elements().FirstOrDefault(part => part.Name.LocalName == name)?.Value ?? "";
}
