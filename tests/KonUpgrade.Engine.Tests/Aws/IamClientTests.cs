using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Tests.Programs;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>The IAM client against moto's server, which nobody here wrote, and against the sandbox, which checks what moto does not.</summary>
public sealed class IamClientTests(MotoServer moto) : IClassFixture<MotoServer>
{
    [Fact]
    public async Task A_role_that_is_there_is_found_with_its_arn()
    {
        moto.Require();
        await moto.CallIamAsync("CreateRole", ("RoleName", "kon-green-s3-reader"), ("AssumeRolePolicyDocument", """{"Version":"2012-10-17","Statement":[]}"""));
        using var roles = new IamClient(new AwsOptions { Keys = TestKeys.Of("test", "test"), EndpointUrl = new Uri(moto.Url) });
        var role = await roles.GetRoleAsync("kon-green-s3-reader", TestContext.Current.CancellationToken);
        Assert.Equal(new IamRole("kon-green-s3-reader", "arn:aws:iam::123456789012:role/kon-green-s3-reader"), role);
    }

    [Fact]
    public async Task A_role_that_is_not_there_is_null()
    {
        moto.Require();
        using var roles = new IamClient(new AwsOptions { Keys = TestKeys.Of("test", "test"), EndpointUrl = new Uri(moto.Url) });
        Assert.Null(await roles.GetRoleAsync("kon-green-nobody", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_trust_policy_is_read_as_it_was_written_and_replaced()
    {
        const string Before = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";
        const string After = """{"Version":"2012-10-17","Statement":[{"Sid":"a+b %/é","Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";
        moto.Require();
        await moto.CallIamAsync("CreateRole", ("RoleName", "app-trust"), ("AssumeRolePolicyDocument", Before));
        using var roles = new IamClient(new AwsOptions { Keys = TestKeys.Of("test", "test"), EndpointUrl = new Uri(moto.Url) });
        var role = await roles.GetTrustAsync("app-trust", TestContext.Current.CancellationToken);
        Assert.Equal(new TrustingRole("app-trust", "arn:aws:iam::123456789012:role/app-trust", Before), role);
        await roles.UpdateAssumeRolePolicyAsync("app-trust", After, TestContext.Current.CancellationToken);
        Assert.Equal(After, (await roles.GetTrustAsync("app-trust", TestContext.Current.CancellationToken))?.PolicyDocument);
        var e = await Assert.ThrowsAsync<AwsException>(() => roles.UpdateAssumeRolePolicyAsync("app-nobody", After, TestContext.Current.CancellationToken));
        Assert.Equal(("IamEntityNotFound", FailureKind.NotFound, "app-nobody"), (e.Failure.Id, e.Failure.Kind, e.Failure.Target));
    }

    [Fact]
    public async Task An_identity_provider_is_found_with_its_audiences_and_the_quota_is_told()
    {
        const string Arn = "arn:aws:iam::123456789012:oidc-provider/oidc.example/id/GREEN";
        moto.Require();
        using var roles = new IamClient(new AwsOptions { Keys = TestKeys.Of("test", "test"), EndpointUrl = new Uri(moto.Url) });
        Assert.Null(await roles.GetOpenIDConnectProviderAsync(Arn, TestContext.Current.CancellationToken));
        await moto.CallIamAsync("CreateOpenIDConnectProvider", ("Url", "https://oidc.example/id/GREEN"), ("ClientIDList.member.1", "sts.amazonaws.com"), ("ThumbprintList.member.1", new string('a', 40)));
        var provider = await roles.GetOpenIDConnectProviderAsync(Arn, TestContext.Current.CancellationToken);
        Assert.Equal(["sts.amazonaws.com"], provider!.ClientIDList);
        Assert.EndsWith("oidc.example/id/GREEN", provider.Url, StringComparison.Ordinal);
        Assert.Equal(2048, await roles.GetTrustPolicyQuotaAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_policies_of_a_role_are_listed_and_read()
    {
        const string Document = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}""";
        const string Arn = "arn:aws:iam::123456789012:policy/own";
        moto.Require();
        await moto.CallIamAsync("CreateRole", ("RoleName", "app-policies"), ("AssumeRolePolicyDocument", """{"Version":"2012-10-17","Statement":[]}"""));
        await moto.CallIamAsync("CreatePolicy", ("PolicyName", "own"), ("PolicyDocument", Document));
        await moto.CallIamAsync("AttachRolePolicy", ("RoleName", "app-policies"), ("PolicyArn", Arn));
        await moto.CallIamAsync("PutRolePolicy", ("RoleName", "app-policies"), ("PolicyName", "inline"), ("PolicyDocument", Document));
        using var iam = new IamClient(new AwsOptions { Keys = TestKeys.Of("test", "test"), EndpointUrl = new Uri(moto.Url) });
        Assert.Equal([new AttachedPolicy("own", Arn)], await iam.ListAttachedRolePoliciesAsync("app-policies", TestContext.Current.CancellationToken));
        Assert.Equal(["inline"], await iam.ListRolePoliciesAsync("app-policies", TestContext.Current.CancellationToken));
        Assert.Equal(Document, await iam.GetRolePolicyAsync("app-policies", "inline", TestContext.Current.CancellationToken));
        Assert.Null(await iam.GetRolePolicyAsync("app-policies", "none", TestContext.Current.CancellationToken));
        Assert.Equal(new ManagedPolicy("own", Arn, "v1"), await iam.GetPolicyAsync(Arn, TestContext.Current.CancellationToken));
        Assert.Equal(Document, await iam.GetPolicyVersionAsync(Arn, "v1", TestContext.Current.CancellationToken));
        Assert.Null(await iam.GetPolicyAsync(Arn + "2", TestContext.Current.CancellationToken));
        var e = await Assert.ThrowsAsync<AwsException>(() => iam.ListRolePoliciesAsync("app-nobody", TestContext.Current.CancellationToken));
        Assert.Equal("IamEntityNotFound", e.Failure.Id);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_a_failure_and_not_a_missing_role()
    {
        using var roles = new IamClient(new AwsOptions { Keys = TestKeys.Of("test", "test"), EndpointUrl = new Uri("http://127.0.0.1:9") });
        var e = await Assert.ThrowsAsync<AwsException>(() => roles.GetRoleAsync("kon-green-x", TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.Unavailable, e.Failure.Kind);
        Assert.DoesNotContain("Credential=", e.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_are_signed_for_the_services_home_and_sent_again_where_they_were_too_many()
    {
        await using var host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("blue", "1.33")] }, TestContext.Current.CancellationToken);
        var settings = host.Eks!.Settings;
        using var iam = new IamClient(new AwsOptions { Region = settings.Region, Keys = TestKeys.Of(settings.AccessKeyId, settings.SecretAccessKey), EndpointUrl = host.Eks.Uri });
        var throttled = host.Faults.Add(new SandboxFault { Kind = FaultKind.TooManyRequests, Verb = "GetRole", Count = 1 });
        Assert.Equal(new IamRole("blue-node", host.Eks.NodeRole("blue")), await iam.GetRoleAsync("blue-node", TestContext.Current.CancellationToken));
        Assert.Equal(1, host.Faults.Struck(throttled));
        host.Iam!.Settings = host.Iam.Settings with { MostInAPage = 1 };
        Assert.Equal(3, (await iam.ListAttachedRolePoliciesAsync("blue-node", TestContext.Current.CancellationToken)).Count);
        host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "GetRole", Count = 1 });
        var e = await Assert.ThrowsAsync<AwsException>(() => iam.GetRoleAsync("blue-node", TestContext.Current.CancellationToken));
        Assert.Equal(("AwsAccessDenied", FailureKind.PermissionDenied), (e.Failure.Id, e.Failure.Kind));
        Assert.Contains("iam:GetRole", e.Failure.Recommendation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>Log in first")]
    [InlineData("""{"message":"not here"}""")]
    [InlineData("<GetUserResponse><GetUserResult/></GetUserResponse>")]
    public async Task What_is_no_answer_of_the_service_is_a_failure_and_not_an_empty_role(string page)
    {
        await using var server = await FakeServer.StartAsync(context => FakeServer.JsonAsync(context, page));
        using var iam = new IamClient(new AwsOptions { Keys = TestKeys.Any, EndpointUrl = server.Uri });
        var e = await Assert.ThrowsAsync<AwsException>(() => iam.GetRoleAsync("blue-node", TestContext.Current.CancellationToken));
        Assert.Equal(("AwsAnswerUnreadable", "blue-node"), (e.Failure.Id, e.Failure.Target));
    }
}
