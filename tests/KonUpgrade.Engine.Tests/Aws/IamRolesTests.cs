using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Tests.Programs;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>The IAM client against moto's server, which nobody here wrote.</summary>
public sealed class IamRolesTests(MotoServer moto) : IClassFixture<MotoServer>
{
    [Fact]
    public async Task A_role_that_is_there_is_found_with_its_arn()
    {
        moto.Require();
        await moto.CallIamAsync("CreateRole", ("RoleName", "kon-green-s3-reader"), ("AssumeRolePolicyDocument", """{"Version":"2012-10-17","Statement":[]}"""));
        using var roles = new IamRoles(new AwsOptions { Keys = TestKeys.Of("test", "test"), EndpointUrl = new Uri(moto.Url) });
        var role = await roles.GetRoleAsync("kon-green-s3-reader", TestContext.Current.CancellationToken);
        Assert.Equal(new IamRole("kon-green-s3-reader", "arn:aws:iam::123456789012:role/kon-green-s3-reader"), role);
    }

    [Fact]
    public async Task A_role_that_is_not_there_is_null()
    {
        moto.Require();
        using var roles = new IamRoles(new AwsOptions { Keys = TestKeys.Of("test", "test"), EndpointUrl = new Uri(moto.Url) });
        Assert.Null(await roles.GetRoleAsync("kon-green-nobody", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_a_failure_and_not_a_missing_role()
    {
        using var roles = new IamRoles(new AwsOptions { Keys = TestKeys.Of("test", "test"), EndpointUrl = new Uri("http://127.0.0.1:9") });
        var e = await Assert.ThrowsAsync<UpgradeException>(() => roles.GetRoleAsync("kon-green-x", TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.Unavailable, e.Failure.Kind);
        Assert.DoesNotContain("Credential=", e.Failure.Message, StringComparison.Ordinal);
    }
}
