using KonUpgrade.Engine.Tests.Nodepools.Eks;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Eks;
using KonUpgrade.Sandbox.Iam;

namespace KonUpgrade.Engine.Tests.Readiness;

/// <summary>What EKS and IAM say before an upgrade.</summary>
public sealed class ProviderChecksTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("EksCluster")]
    [InlineData("RolesTrustGreen")]
    public async Task Where_nothing_tells_that_it_is_a_cluster_of_EKS_the_service_is_not_asked(string id)
    {
        await using var scene = await MigrationScene.StartAsync();
        var check = await scene.BesideAsync(id);
        Assert.Equal(ReadinessStatus.NotApplicable, check.Status);
        Assert.Contains("cluster of EKS", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_that_do_not_trust_green_block_until_they_do()
    {
        await using var scene = await MigrationScene.StartAsync(isEks: true);
        scene.Host.Iam!.Add(new IamRole("app"));
        scene.Seed("blue", Account("web", "app"), Account("gone", "nobody"), """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"plain","namespace":"shop"}}""");
        var check = await scene.BesideAsync("RolesTrustGreen");
        Assert.Equal((ReadinessStatus.Failed, "2 roles"), (check.Status, check.Examined));
        var texts = MigrationScene.Texts(check);
        Assert.Equal($"! role app (shop/web): it does not trust system:serviceaccount:shop:web of {scene.Green.Context.Name}", texts[0]);
        Assert.StartsWith("! role nobody (shop/gone): The account of the AWS credentials has no role nobody", texts[1], StringComparison.Ordinal);
        var issuer = (await scene.Green.Client.GetIssuerAsync(Token))!;
        var host = $"{issuer.Host}{issuer.AbsolutePath}";
        scene.Host.Iam!.Add(new IamRole("app")
        {
            TrustPolicy = $$$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/{{{host}}}"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"{{{host}}}:aud":"sts.amazonaws.com","{{{host}}}:sub":"system:serviceaccount:shop:web"} } }]}""",
        });
        Assert.DoesNotContain("role app", string.Join('\n', MigrationScene.Texts(await scene.BesideAsync("RolesTrustGreen"))), StringComparison.Ordinal);
        Assert.Equal(ReadinessStatus.NotApplicable, (await scene.InPlaceAsync("RolesTrustGreen")).Status);
    }

    [Fact]
    public async Task A_node_group_that_is_not_well_blocks_in_place_and_is_told_beside_a_green()
    {
        await using var eks = await LiveEks.StartAsync();
        await eks.MakeAsync("general", 1);
        Assert.Equal((ReadinessStatus.Passed, "1 cluster with 1 node group"), Of(await RunAsync(UpgradeWay.InPlace)));
        eks.Eks.AddTrouble(new EksTrouble("AccessDenied") { Message = "no rights" });
        ReadinessCheck? check = null;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (check is not { Status: ReadinessStatus.Failed })
        {
            deadline.Token.ThrowIfCancellationRequested();
            check = await RunAsync(UpgradeWay.InPlace);
        }
        Assert.StartsWith($"! {eks.Connection.Context.Name}: node group general: EKS calls it DEGRADED: AccessDenied", MigrationScene.Texts(check)[0], StringComparison.Ordinal);
        Assert.Contains("rights of the cluster's and the nodes' roles", check.Findings[0].Remedy, StringComparison.Ordinal);
        Assert.Equal(ReadinessStatus.Warning, (await RunAsync(UpgradeWay.BlueGreen)).Status);

        Task<ReadinessCheck> RunAsync(UpgradeWay way) => MigrationScene.RunAsync("EksCluster", eks.Connection, null, way);
    }

    private static (ReadinessStatus Status, string? Examined) Of(ReadinessCheck check) => (check.Status, check.Examined);

    private static string Account(string name, string role) =>
        $$$"""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"{{{name}}}","namespace":"shop","annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::123456789012:role/{{{role}}}"} } }""";
}
