using KonUpgrade.Engine.Aws.Query;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>GetOpenIDConnectProvider: an issuer that the account takes tokens of.</summary>
internal static class GetOpenIDConnectProvider
{
    public static QueryCall Call(string providerArn) => new("GetOpenIDConnectProvider", ("OpenIDConnectProviderArn", providerArn))
    {
        About = new AwsCall($"IAM could not be asked for the identity provider {providerArn}", "iam:GetOpenIDConnectProvider", providerArn),
    };

    public static OpenIDConnectProvider Read(QueryResponse response) =>
        new(response.Text("Url"), [.. response.Find("ClientIDList")?.Elements().Select(member => member.Value) ?? []]);
}
