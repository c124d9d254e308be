using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Iam;
using KonUpgrade.Sandbox.Tests.Eks;

namespace KonUpgrade.Sandbox.Tests.Iam;

/// <summary>The sandbox's IAM is judged by a client that no one here wrote. Skipped where the aws program is not on the PATH.</summary>
public sealed class IamAwsProgramTests : IamPlay
{
    [Fact]
    public async Task A_role_and_its_policies_are_read_and_its_trust_is_changed()
    {
        JsonNode role = JsonNode.Parse(await RunAsync("get-role", "--role-name", "app"))!["Role"]!;
        Assert.Equal(("arn:aws:iam::123456789012:role/shop/app", "ec2.amazonaws.com"), ((string?)role["Arn"], (string?)role["AssumeRolePolicyDocument"]!["Statement"]![0]!["Principal"]!["Service"]));
        await RunAsync("update-assume-role-policy", "--role-name", "app", "--policy-document", IamRole.TrustOf("backup.amazonaws.com"));
        Assert.Equal(IamRole.TrustOf("backup.amazonaws.com"), Iam.Role("app").TrustPolicy);
        // The program goes on from page to page by itself.
        Assert.Equal(["AWSBackupServiceRolePolicyForBackup", "own"], (await RunAsync("list-attached-role-policies", "--role-name", "app", "--query", "AttachedPolicies[].PolicyName", "--output", "text")).Split((char[])['\t', '\n']));
        Assert.Equal(["a", "b"], (await RunAsync("list-role-policies", "--role-name", "app", "--query", "PolicyNames", "--output", "text")).Split((char[])['\t', '\n']));
        Assert.Equal("2012-10-17", await RunAsync("get-role-policy", "--role-name", "app", "--policy-name", "b", "--query", "PolicyDocument.Version", "--output", "text"));
        const string Arn = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup";
        Assert.Equal("v1", await RunAsync("get-policy", "--policy-arn", Arn, "--query", "Policy.DefaultVersionId", "--output", "text"));
        Assert.Equal("Allow", await RunAsync("get-policy-version", "--policy-arn", Arn, "--version-id", "v1", "--query", "PolicyVersion.Document.Statement[0].Effect", "--output", "text"));
        Assert.Equal("AWSServiceRoleForAmazonEKS", await RunAsync("list-roles", "--path-prefix", "/aws-service-role/", "--query", "Roles[].RoleName", "--output", "text"));
    }

    [Fact]
    public async Task Identity_providers_quotas_and_errors_are_told_in_the_programs_own_way()
    {
        string arn = await RunAsync("list-open-id-connect-providers", "--query", "OpenIDConnectProviderList[0].Arn", "--output", "text");
        Assert.Equal("sts.amazonaws.com", await RunAsync("get-open-id-connect-provider", "--open-id-connect-provider-arn", arn, "--query", "ClientIDList[0]", "--output", "text"));
        Assert.Equal("2048", await RunAsync("get-account-summary", "--query", "SummaryMap.AssumeRolePolicySizeQuota", "--output", "text"));
        Assert.Contains("(NoSuchEntity) when calling the GetRole operation: The role with name nobody", await FailAsync("get-role", "--role-name", "nobody"), StringComparison.Ordinal);
        Assert.Contains("(MalformedPolicyDocument)", await FailAsync("update-assume-role-policy", "--role-name", "app", "--policy-document", "{}"), StringComparison.Ordinal);
        Assert.Contains("(SignatureDoesNotMatch)", (await AwsProgram.RunAsync(Host, "wrong", ["iam", "get-role", "--role-name", "app"])).Text, StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        (int code, string text) = await AwsProgram.RunAsync(Host, Host.Eks!.Settings.SecretAccessKey, ["iam", .. arguments]);
        Assert.True(code == 0, $"aws iam {string.Join(' ', arguments)} ended with {code}: {text}");
        return text.Trim();
    }

    private async Task<string> FailAsync(params string[] arguments)
    {
        (int code, string text) = await AwsProgram.RunAsync(Host, Host.Eks!.Settings.SecretAccessKey, ["iam", .. arguments]);
        Assert.NotEqual(0, code);
        return text;
    }
}
