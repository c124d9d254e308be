using System.Xml.Linq;
using KonUpgrade.Sandbox.Aws.Query;

namespace KonUpgrade.Sandbox.Iam.Operations;

/// <summary>Identity providers, and the account as a whole.</summary>
internal sealed class AccountOperations(IamAccount account)
{
    public IEnumerable<QueryOperation> All =>
    [
        new("GetOpenIDConnectProvider", "get", "oidc-providers", Get) { Subject = "OpenIDConnectProviderArn" },
        new("ListOpenIDConnectProviders", "list", "oidc-providers", List),
        new("GetAccountSummary", "get", "account-summary", Summary),
    ];

    private IEnumerable<XElement> Get(QueryForm form)
    {
        string arn = form.Needed("OpenIDConnectProviderArn");
        if (!arn.StartsWith("arn:", StringComparison.Ordinal) || !arn.Contains(":oidc-provider/", StringComparison.Ordinal)) throw IamError.Input($"ARN {arn} is not valid.");
        IamIdentityProvider provider = account.Providers.GetValueOrDefault(arn) ?? throw IamError.NoEntity($"OpenIDConnect Provider not found for arn {arn}");
        return
        [
            new XElement("Url", provider.Host),
            new XElement("ClientIDList", provider.Audiences.Select(audience => new XElement("member", audience))),
            new XElement("ThumbprintList", new XElement("member", "9e99a48a9960b14926bb7f3b02e22da2b0ab7280")),
            new XElement("CreateDate", IamTime.Of(account.CreatedAt)),
        ];
    }

    private IEnumerable<XElement> List(QueryForm form)
        => [new XElement("OpenIDConnectProviderList", account.Providers.Keys.Select(arn => new XElement("member", new XElement("Arn", arn))))];

    private IEnumerable<XElement> Summary(QueryForm form)
        => [new XElement("SummaryMap", Entry("Roles", account.Roles.Count), Entry("Providers", account.Providers.Count), Entry("AssumeRolePolicySizeQuota", account.Settings.TrustPolicyQuota))];

    private static XElement Entry(string key, int value) => new("entry", new XElement("key", key), new XElement("value", value));
}
