using System.Xml.Linq;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Sandbox.Tests.Iam;

public sealed class IamServiceTests : IamPlay
{
    [Fact]
    public async Task A_role_is_told_with_its_path_and_its_encoded_trust_policy()
    {
        XElement role = await CallAsync("GetRole", ("RoleName", "app"));
        Assert.Equal("arn:aws:iam::123456789012:role/shop/app", Text(role, "Arn"));
        Assert.Equal(Uri.EscapeDataString(Trust), Text(role, "AssumeRolePolicyDocument"));
        await FailAsync(404, "NoSuchEntity", "nobody", "GetRole", ("RoleName", "nobody"));
        await FailAsync(400, "ValidationError", "roleName", "GetRole");
    }

    [Fact]
    public async Task A_trust_policy_is_replaced_and_its_blanks_do_not_count()
    {
        string document = Trust.Replace("\"a\"", "\"b\"", StringComparison.Ordinal) + new string(' ', 4000);
        Assert.Equal("ResponseMetadata", (await CallAsync("UpdateAssumeRolePolicy", ("RoleName", "app"), ("PolicyDocument", document))).Name.LocalName);
        Assert.Equal(document, Iam.Role("app").TrustPolicy);
        string large = Trust.Replace("\"a\"", $"\"{new string('x', 2000)}\"", StringComparison.Ordinal);
        await FailAsync(409, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048", "UpdateAssumeRolePolicy", ("RoleName", "app"), ("PolicyDocument", large));
        Assert.Equal(document, Iam.Role("app").TrustPolicy);
        Iam.Settings = Iam.Settings with { TrustPolicyQuota = 4096 };
        await CallAsync("UpdateAssumeRolePolicy", ("RoleName", "app"), ("PolicyDocument", large));
        Assert.Contains(">4096<", (await CallAsync("GetAccountSummary")).ToString(), StringComparison.Ordinal);
        await FailAsync(400, "UnmodifiableEntity", "protected role", "UpdateAssumeRolePolicy", ("RoleName", "AWSServiceRoleForAmazonEKS"), ("PolicyDocument", Trust));
    }

    [Theory]
    [InlineData("none", "invalid Json")]
    [InlineData("""{"Version":"2012-10-17","Statement":[]}""", "Syntax errors")]
    [InlineData("""{"Version":"2013-01-01","Statement":[]}""", "version")]
    [InlineData("""{"Statement":[{"Effect":"Maybe","Principal":"*","Action":"sts:AssumeRole"}]}""", "Syntax errors")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}""", "Principal")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}]}""", "STS AssumeRole actions")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}]}""", "Resource")]
    [InlineData("""{"Statement":[{"Sid":"a-b","Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}""", "alpha-numeric")]
    [InlineData("""{"Statement":[{"Sid":"a","Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"},{"Sid":"a","Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}""", "unique")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:role/x"},"Action":"sts:AssumeRoleWithWebIdentity"}]}""", "Federated")]
    public async Task What_is_no_trust_policy_is_refused(string document, string words)
    {
        await FailAsync(400, "MalformedPolicyDocument", words, "UpdateAssumeRolePolicy", ("RoleName", "app"), ("PolicyDocument", document));
        Assert.Equal(Trust, Iam.Role("app").TrustPolicy);
    }

    [Fact]
    public async Task Policies_of_a_role_are_listed_page_by_page_and_read()
    {
        XElement first = await CallAsync("ListAttachedRolePolicies", ("RoleName", "app"));
        Assert.Equal(("true", "AWSBackupServiceRolePolicyForBackup"), (Text(first, "IsTruncated"), Text(first, "PolicyName")));
        XElement second = await CallAsync("ListAttachedRolePolicies", ("RoleName", "app"), ("Marker", Text(first, "Marker")));
        Assert.Equal(("false", "arn:aws:iam::123456789012:policy/own"), (Text(second, "IsTruncated"), Text(second, "PolicyArn")));
        Assert.Contains(">a<", (await CallAsync("ListRolePolicies", ("RoleName", "app"))).ToString(), StringComparison.Ordinal);
        Assert.Equal("%7B%7D", Text(await CallAsync("GetRolePolicy", ("RoleName", "app"), ("PolicyName", "a")), "PolicyDocument"));
        await FailAsync(404, "NoSuchEntity", "none", "GetRolePolicy", ("RoleName", "app"), ("PolicyName", "none"));
        await FailAsync(400, "ValidationError", "marker", "ListRolePolicies", ("RoleName", "app"), ("Marker", "x"));
    }

    [Fact]
    public async Task A_managed_policy_is_read_by_its_arn_and_version()
    {
        const string Arn = "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup";
        Assert.Equal("v1", Text(await CallAsync("GetPolicy", ("PolicyArn", Arn)), "DefaultVersionId"));
        string document = Uri.UnescapeDataString(Text(await CallAsync("GetPolicyVersion", ("PolicyArn", Arn), ("VersionId", "v1")), "Document"));
        Assert.Contains("s3:GetBucketVersioning", document, StringComparison.Ordinal);
        await FailAsync(404, "NoSuchEntity", "v9", "GetPolicyVersion", ("PolicyArn", Arn), ("VersionId", "v9"));
        await FailAsync(404, "NoSuchEntity", "own", "GetPolicy", ("PolicyArn", "arn:aws:iam::123456789012:policy/own"));
        await FailAsync(400, "InvalidInput", "not valid", "GetPolicy", ("PolicyArn", "own"));
    }

    [Fact]
    public async Task A_clusters_issuer_has_an_identity_provider()
    {
        string arn = Text(await CallAsync("ListOpenIDConnectProviders"), "Arn");
        XElement provider = await CallAsync("GetOpenIDConnectProvider", ("OpenIDConnectProviderArn", arn));
        Assert.EndsWith($"oidc-provider/{Text(provider, "Url")}", arn, StringComparison.Ordinal);
        Assert.Contains(">sts.amazonaws.com<", provider.ToString(), StringComparison.Ordinal);
        Assert.True(Iam.RemoveIdentityProvider(arn));
        await FailAsync(404, "NoSuchEntity", arn, "GetOpenIDConnectProvider", ("OpenIDConnectProviderArn", arn));
    }

    [Fact]
    public async Task Faults_and_bad_requests_are_told_in_the_services_own_words()
    {
        Host.Faults.Add(new SandboxFault { Kind = FaultKind.TooManyRequests, Verb = "GetRole", Count = 1 });
        Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Group = "iam.amazonaws.com", Resource = "roles", Name = "app", Count = 1 });
        Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, Verb = "GetRole", Count = 1 });
        await FailAsync(400, "Throttling", "Rate exceeded", "GetRole", ("RoleName", "app"));
        await FailAsync(403, "AccessDenied", "iam:GetRole on resource: role app", "GetRole", ("RoleName", "app"));
        await FailAsync(500, "ServiceFailure", "", "GetRole", ("RoleName", "app"));
        await FailAsync(400, "InvalidAction", "CreateRole", "CreateRole", ("RoleName", "app"));
    }

    [Fact]
    public void Roles_of_clusters_and_of_backups_are_there_from_the_beginning()
    {
        Assert.Equal("arn:aws:iam::123456789012:role/blue-node", Iam.RoleArn("blue-node"));
        Assert.Equal(Host.Eks!.NodeRole("blue"), Iam.RoleArn("blue-node"));
        Assert.Equal(Host.Backup!.RoleArn, Iam.RoleArn("AWSBackupDefaultServiceRole"));
        Assert.Contains("backup.amazonaws.com", Iam.Role("AWSBackupDefaultServiceRole").TrustPolicy, StringComparison.Ordinal);
        Assert.Throws<SandboxException>(() => Iam.RoleArn("nobody"));
    }
}
