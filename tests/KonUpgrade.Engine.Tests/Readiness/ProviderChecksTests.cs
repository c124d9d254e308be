using KonUpgrade.Engine.Tests.Nodepools.Eks;
using KonUpgrade.Engine.Tests.Support;
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
    [InlineData("EksAddons")]
    [InlineData("EksInsights")]
    [InlineData("RolesTrustGreen")]
    [InlineData("SnapshotsReady")]
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
        Assert.Equal((ReadinessStatus.Warning, "1 cluster with 1 node group"), Of(await RunAsync(UpgradeWay.InPlace)));
        eks.Eks.AddTrouble(new EksTrouble("AccessDenied") { Message = "no rights" });
        ReadinessCheck check = null!;
        await Eventually.TrueAsync(
            async () =>
            {
                check = await RunAsync(UpgradeWay.InPlace);
                return check.Status == ReadinessStatus.Failed;
            },
            "EKS tells the trouble",
            Token);
        Assert.StartsWith($"! {eks.Connection.Context.Name}: node group general: EKS calls it DEGRADED: AccessDenied", MigrationScene.Texts(check)[0], StringComparison.Ordinal);
        Assert.Contains("rights of the cluster's and the nodes' roles", check.Findings[0].Remedy, StringComparison.Ordinal);
        Assert.Equal(ReadinessStatus.Warning, (await RunAsync(UpgradeWay.BlueGreen)).Status);

        Task<ReadinessCheck> RunAsync(UpgradeWay way) => MigrationScene.RunAsync("EksCluster", eks.Connection, null, way);
    }

    [Theory]
    [InlineData("1.34", null)]
    [InlineData("1.37", "! EKS does not offer 1.37; it offers 1.31, 1.32, 1.33, 1.34, 1.35, 1.36")]
    public async Task A_version_that_EKS_does_not_offer_blocks_and_extended_support_is_told(string target, string? finding)
    {
        await using var scene = await MigrationScene.StartAsync(isEks: true);
        var texts = MigrationScene.Texts(await scene.InPlaceAsync("EksCluster", target)).Select(text => text.Replace($"{scene.Blue.Context.Name}: ", "", StringComparison.Ordinal)).ToList();
        Assert.Equal("its version 1.33 is in EXTENDED_SUPPORT, which costs more, until 2027-08-01", texts[^1]);
        Assert.Equal(finding, texts.Count > 1 ? texts[0] : null);
    }

    [Fact]
    public async Task Add_ons_that_are_not_well_or_have_no_version_for_the_target_block()
    {
        await using var scene = await MigrationScene.StartAsync(isEks: true);
        Assert.Equal(ReadinessStatus.NotApplicable, (await scene.InPlaceAsync("EksAddons")).Status);
        scene.Host.Eks!.SetAddons(
            "blue",
            new EksAddon("aws-ebs-csi-driver", "v1.48.0-eksbuild.1"),
            new EksAddon("coredns", "v1.11.4-eksbuild.2"),
            new EksAddon("tetrate-io_istio-distro", "v1.22.3-eksbuild.1"),
            new EksAddon("vpc-cni", "v1.20.1-eksbuild.1") { Status = "UPDATE_FAILED", IssueCode = "AccessDenied", IssueMessage = "no rights" });
        var check = await scene.InPlaceAsync("EksAddons");
        var name = scene.Blue.Context.Name;
        Assert.Equal(
            [
                $"! {name}: add-on tetrate-io_istio-distro: EKS has no version of it for 1.34",
                $"! {name}: add-on vpc-cni: EKS calls it UPDATE_FAILED: AccessDenied: no rights",
                $"{name}: add-on coredns: its version v1.11.4-eksbuild.2 is not for 1.34; v1.12.3-eksbuild.1 is",
            ],
            MigrationScene.Texts(check));
        Assert.Equal((ReadinessStatus.Failed, "4 add-ons"), Of(check));
        Assert.Equal(ReadinessStatus.Warning, (await scene.BesideAsync("EksAddons")).Status);
    }

    [Fact]
    public async Task Insights_of_the_way_to_the_target_are_told_with_what_EKS_advises()
    {
        await using var scene = await MigrationScene.StartAsync(isEks: true);
        Assert.Equal(ReadinessStatus.NotApplicable, (await scene.InPlaceAsync("EksInsights")).Status);
        scene.Host.Eks!.SetInsights(
            "blue",
            new EksInsight("a") { Name = "Kubelet version skew", KubernetesVersion = "1.34", Reason = "A node is too old.", Recommendation = "Update the node." },
            new EksInsight("b") { Name = "Later", KubernetesVersion = "1.35" },
            new EksInsight("c") { Name = "Fine", KubernetesVersion = "1.34", Status = "PASSING" },
            new EksInsight("d") { Name = "Subnets", Category = "MISCONFIGURATION", Status = "WARNING", Reason = "Few addresses." },
            new EksInsight("e") { Name = "Way back", Category = "ROLLBACK_READINESS", Reason = "New fields." },
            new EksInsight("f") { Name = "Add-ons", Status = "UNKNOWN", Reason = "Not looked at." });
        var check = await scene.InPlaceAsync("EksInsights");
        var name = scene.Blue.Context.Name;
        Assert.Equal(
            [
                $"! {name}: Kubelet version skew: ERROR for 1.34: A node is too old",
                $"{name}: Add-ons: UNKNOWN for 1.34: Not looked at",
                $"{name}: Subnets: WARNING: Few addresses",
                $"{name}: Way back: ERROR: New fields",
            ],
            MigrationScene.Texts(check));
        Assert.Equal((ReadinessStatus.Failed, "5 insights", "Update the node."), (check.Status, check.Examined, check.Findings[0].Remedy));
        Assert.Equal(5, (await scene.InPlaceAsync("EksInsights", "1.35")).Findings.Count);
        Assert.Equal(ReadinessStatus.Warning, (await scene.BesideAsync("EksInsights")).Status);
    }

    [Fact]
    public async Task A_service_that_does_not_know_insights_of_the_way_back_tells_the_others()
    {
        await using var scene = await MigrationScene.StartAsync(isEks: true);
        scene.Host.Eks!.Settings = scene.Host.Eks.Settings with { InsightCategories = ["UPGRADE_READINESS", "MISCONFIGURATION"] };
        scene.Host.Eks.SetInsights("blue", new EksInsight("a") { Name = "Kubelet version skew", KubernetesVersion = "1.34" }, new EksInsight("b") { Name = "Way back", Category = "ROLLBACK_READINESS" });
        var check = await scene.InPlaceAsync("EksInsights");
        Assert.Equal((ReadinessStatus.Failed, "1 insight"), Of(check));
    }

    [Fact]
    public async Task Of_a_green_what_is_set_up_badly_blocks_and_its_next_upgrade_is_of_no_weight()
    {
        await using var scene = await MigrationScene.StartAsync(isEks: true);
        scene.Host.Eks!.SetInsights("blue", new EksInsight("a") { Name = "Subnets", Category = "MISCONFIGURATION", Reason = "Few addresses." });
        scene.Host.Eks.SetInsights(
            "green",
            new EksInsight("b") { Name = "Security groups", Category = "MISCONFIGURATION", Reason = "Closed." },
            new EksInsight("c") { Name = "Kubelet version skew", KubernetesVersion = "1.35" });
        var check = await scene.BesideAsync("EksInsights");
        Assert.Equal(
            [$"! {scene.Green.Context.Name}: Security groups: ERROR: Closed", $"{scene.Blue.Context.Name}: Subnets: ERROR: Few addresses"],
            MigrationScene.Texts(check));
        Assert.Equal((ReadinessStatus.Failed, "2 insights"), Of(check));
    }

    [Fact]
    public async Task Add_ons_of_a_green_must_be_well_fit_it_and_be_those_of_blue()
    {
        await using var scene = await MigrationScene.StartAsync(isEks: true);
        scene.Host.Eks!.SetAddons("blue", new EksAddon("aws-ebs-csi-driver", "v1.38.1-eksbuild.1"), new EksAddon("coredns", "v1.11.4-eksbuild.2"), new EksAddon("vpc-cni", "v1.19.2-eksbuild.1"));
        scene.Host.Eks.SetAddons("green", new EksAddon("coredns", "v1.11.4-eksbuild.2"), new EksAddon("vpc-cni", "v1.20.1-eksbuild.1") { Status = "DEGRADED", IssueCode = "AccessDenied", IssueMessage = "no rights" });
        var check = await scene.BesideAsync("EksAddons");
        var name = scene.Green.Context.Name;
        Assert.Equal(
            [
                $"! {name}: add-on vpc-cni: EKS calls it DEGRADED: AccessDenied: no rights",
                $"{name}: add-on aws-ebs-csi-driver: {scene.Blue.Context.Name} has it, and it is not there",
                $"{name}: add-on coredns: its version v1.11.4-eksbuild.2 is not for 1.34; v1.12.3-eksbuild.1 is",
            ],
            MigrationScene.Texts(check));
        Assert.Equal((ReadinessStatus.Failed, "5 add-ons"), Of(check));
        Assert.Equal("aws eks update-addon --cluster-name green --addon-name coredns --addon-version v1.12.3-eksbuild.1", check.Findings.Single(finding => finding.Message.Contains("is not for", StringComparison.Ordinal)).Remedy);
        // While green is not there, blue's tell what it will need.
        Assert.All((await scene.BesideAsync("EksAddons", withGreen: false)).Findings, finding => Assert.Equal("Give green that version of it.", finding.Remedy));
    }

    [Fact]
    public async Task An_add_on_that_EKS_does_not_know_any_more_has_no_version_for_the_target()
    {
        await using var scene = await MigrationScene.StartAsync(isEks: true);
        scene.Host.Eks!.SetAddons("blue", new EksAddon("forgotten", "v1.0.0-eksbuild.1"), new EksAddon("vpc-cni", "v1.20.1-eksbuild.1"));
        Assert.Equal([$"! {scene.Blue.Context.Name}: add-on forgotten: EKS has no version of it for 1.34"], MigrationScene.Texts(await scene.InPlaceAsync("EksAddons")));
    }

    private static (ReadinessStatus Status, string? Examined) Of(ReadinessCheck check) => (check.Status, check.Examined);

    private static string Account(string name, string role) =>
        $$$"""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"{{{name}}}","namespace":"shop","annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::123456789012:role/{{{role}}}"} } }""";
}
