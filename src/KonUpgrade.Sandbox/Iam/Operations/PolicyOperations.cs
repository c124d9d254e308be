using System.Xml.Linq;
using KonUpgrade.Sandbox.Aws.Query;

namespace KonUpgrade.Sandbox.Iam.Operations;

/// <summary>What is done with managed policies.</summary>
internal sealed class PolicyOperations(IamAccount account)
{
    public IEnumerable<QueryOperation> All =>
    [
        new("GetPolicy", "get", "policies", Get) { Subject = "PolicyArn" },
        new("GetPolicyVersion", "get", "policies", GetVersion) { Subject = "PolicyArn" },
    ];

    private IEnumerable<XElement> Get(QueryForm form)
    {
        IamPolicy policy = Find(form);
        return
        [
            new XElement("Policy",
                new XElement("PolicyName", policy.Name),
                new XElement("PolicyId", account.Id("ANPA", policy.Arn)),
                new XElement("Arn", policy.Arn),
                new XElement("Path", policy.Path),
                new XElement("DefaultVersionId", policy.VersionId),
                new XElement("AttachmentCount", account.Roles.Values.Count(role => role.AttachedPolicies.Contains(policy.Arn))),
                new XElement("IsAttachable", "true"),
                new XElement("CreateDate", IamTime.Of(account.CreatedAt)),
                new XElement("UpdateDate", IamTime.Of(account.CreatedAt))),
        ];
    }

    private IEnumerable<XElement> GetVersion(QueryForm form)
    {
        IamPolicy policy = Find(form);
        string version = form.Needed("VersionId");
        if (version != policy.VersionId) throw IamError.NoEntity($"Policy {policy.Arn} version {version} does not exist or is not attachable.");
        return
        [
            new XElement("PolicyVersion",
                new XElement("Document", Uri.EscapeDataString(policy.Document)),
                new XElement("VersionId", version),
                new XElement("IsDefaultVersion", "true"),
                new XElement("CreateDate", IamTime.Of(account.CreatedAt))),
        ];
    }

    private IamPolicy Find(QueryForm form)
    {
        string arn = form.Needed("PolicyArn");
        if (!arn.StartsWith("arn:", StringComparison.Ordinal) || !arn.Contains(":policy/", StringComparison.Ordinal)) throw IamError.Input($"ARN {arn} is not valid.");
        return account.Policies.GetValueOrDefault(arn) ?? throw IamError.NoEntity($"Policy {arn} was not found.");
    }
}
