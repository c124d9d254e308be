using System.Xml.Linq;
using KonUpgrade.Sandbox.Aws.Query;

namespace KonUpgrade.Sandbox.Iam.Operations;

/// <summary>What is done with roles and with the policies that are their own.</summary>
internal sealed class RoleOperations(IamAccount account)
{
    public IEnumerable<QueryOperation> All =>
    [
        new("GetRole", "get", "roles", Get) { Subject = "RoleName" },
        new("ListRoles", "list", "roles", List),
        new("UpdateAssumeRolePolicy", "update", "roles", UpdateTrust) { Subject = "RoleName" },
        new("ListAttachedRolePolicies", "list", "role-policies", ListAttached) { Subject = "RoleName" },
        new("ListRolePolicies", "list", "role-policies", ListInline) { Subject = "RoleName" },
        new("GetRolePolicy", "get", "role-policies", GetInline) { Subject = "RoleName" },
    ];

    private IEnumerable<XElement> Get(QueryForm form) => [Describe("Role", account.Role(form.Needed("RoleName")))];

    private IEnumerable<XElement> List(QueryForm form)
    {
        string prefix = form.Text("PathPrefix") ?? "/";
        return IamPages.Of(form, account.Settings.MostInAPage, "Roles",
            [.. account.Roles.Values.Where(role => role.Path.StartsWith(prefix, StringComparison.Ordinal)).Select(role => (role.Name, Describe("member", role)))]);
    }

    private IEnumerable<XElement>? UpdateTrust(QueryForm form)
    {
        IamRole role = account.Role(form.Needed("RoleName"));
        string document = form.Needed("PolicyDocument");
        if (role.Path.StartsWith("/aws-service-role/", StringComparison.Ordinal))
            throw IamError.Unmodifiable($"Cannot perform the operation on the protected role '{role.Name}' - this role is only modifiable by AWS");
        TrustRules.Check(document, account.Settings.TrustPolicyQuota);
        account.Add(role with { TrustPolicy = document });
        return null;
    }

    private IEnumerable<XElement> ListAttached(QueryForm form)
        => IamPages.Of(form, account.Settings.MostInAPage, "AttachedPolicies", [.. account.Role(form.Needed("RoleName")).AttachedPolicies.Select(arn =>
            (arn, new XElement("member", new XElement("PolicyName", arn[(arn.LastIndexOf('/') + 1)..]), new XElement("PolicyArn", arn))))]);

    private IEnumerable<XElement> ListInline(QueryForm form)
        => IamPages.Of(form, account.Settings.MostInAPage, "PolicyNames",
            [.. account.Role(form.Needed("RoleName")).InlinePolicies.Keys.Order(StringComparer.Ordinal).Select(name => (name, new XElement("member", name)))]);

    private IEnumerable<XElement> GetInline(QueryForm form)
    {
        IamRole role = account.Role(form.Needed("RoleName"));
        string name = form.Needed("PolicyName");
        string document = role.InlinePolicies.GetValueOrDefault(name) ?? throw IamError.NoEntity($"The role policy with name {name} cannot be found.");
        return [new XElement("RoleName", role.Name), new XElement("PolicyName", name), new XElement("PolicyDocument", Uri.EscapeDataString(document))];
    }

    private XElement Describe(string element, IamRole role) => new(element,
        new XElement("Path", role.Path),
        new XElement("RoleName", role.Name),
        new XElement("RoleId", account.Id("AROA", role.Name)),
        new XElement("Arn", account.Arn(role)),
        new XElement("CreateDate", IamTime.Of(account.CreatedAt)),
        new XElement("AssumeRolePolicyDocument", Uri.EscapeDataString(role.TrustPolicy)),
        new XElement("MaxSessionDuration", 3600));
}
