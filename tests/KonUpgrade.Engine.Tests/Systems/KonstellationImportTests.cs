using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Configuration;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Systems;

public sealed class KonstellationImportTests
{
    private const string Account = "123456789012";

    [Fact]
    public async Task Apps_come_last_after_builds_configs_certificates_and_accounts()
    {
        await using var scene = await SceneAsync(new FakeRoles("kon-green-s3"));
        scene.Manifests.Add(App("web", ["production"], account: "s3")).Add(LinkedAccount("s3")).Add(Certificate("us-west-2", Account))
            .Add(SharedConfig("database", "")).Add(AppConfig("web")).Add(Build("web"));
        var changes = await scene.ImportAsync("Konstellation");
        Assert.All(changes, c => Assert.Equal(ClusterConfigChangeAction.Created, c.Action));
        Assert.Equal(
            ["Build web-1", "AppConfig app-web", "AppConfig shared-database", "CertificateRef cert", "LinkedServiceAccount s3", "ServiceAccount s3", "ServiceAccount s3", "App web"],
            changes.Select(c => $"{c.Kind} {c.Name}"));
    }

    [Fact]
    public async Task Linked_accounts_take_the_targets_targets_and_get_service_accounts_bound_to_its_roles()
    {
        await using var scene = await SceneAsync(new FakeRoles("kon-green-s3"));
        scene.Manifests.Add(LinkedAccount("s3"));
        var changes = await scene.ImportAsync("Konstellation");
        using var account = await scene.GetAsync("k11n.dev", "LinkedServiceAccount", null, "s3");
        Assert.Equal(["production", "staging"], account!.Root.GetProperty("spec").GetProperty("targets").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal(["production", "staging"], changes.Where(c => c.Kind == "ServiceAccount").Select(c => c.Namespace).Order());
        using var bound = await scene.GetAsync("", "ServiceAccount", "production", "s3");
        Assert.Equal($"arn:aws:iam::{Account}:role/kon-green-s3", bound!.Annotation("eks.amazonaws.com/role-arn"));
    }

    [Fact]
    public async Task A_missing_target_fails_just_the_apps_that_run_on_it()
    {
        await using var scene = await SceneAsync();
        scene.Manifests.Add(App("web", ["production", "canary"])).Add(App("api", ["production"])).Add(App("none", []))
            .Add(App("halted", ["production"], halted: ["canary"])).Add(App("gone", [], halted: ["canary"]));
        var changes = (await scene.ImportAsync("Konstellation")).ToDictionary(c => c.Name);
        Assert.Equal("TargetMissing", changes["web"].Failure!.Id);
        Assert.Contains("canary", changes["web"].Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("target production,", changes["web"].Reason, StringComparison.Ordinal);
        Assert.Equal(ClusterConfigChangeAction.Created, changes["api"].Action);
        Assert.Equal(ClusterConfigChangeAction.Created, changes["none"].Action);
        Assert.Equal(ClusterConfigChangeAction.Created, changes["halted"].Action);
        Assert.Contains("canary", changes["halted"].Reason, StringComparison.Ordinal);
        Assert.Equal("TargetMissing", changes["gone"].Failure!.Id);
    }

    [Fact]
    public async Task A_missing_role_fails_just_the_apps_that_act_as_it()
    {
        await using var scene = await SceneAsync(new FakeRoles("kon-green-there"));
        scene.Manifests.Add(LinkedAccount("there")).Add(LinkedAccount("missing"))
            .Add(App("good", ["production"], account: "there")).Add(App("bad", ["production"], account: "missing")).Add(App("plain", ["production"]));
        var changes = await scene.ImportAsync("Konstellation");
        var failed = Assert.Single(changes, c => c.Action == ClusterConfigChangeAction.Failed);
        Assert.Equal(("bad", "RoleMissing"), (failed.Name, failed.Failure!.Id));
        Assert.Contains("role/kon-green-missing", failed.Reason, StringComparison.Ordinal);
        Assert.Contains("is not there", changes.Single(c => c is { Kind: "LinkedServiceAccount", Name: "missing" }).Reason, StringComparison.Ordinal);
        Assert.Null(changes.Single(c => c.Name == "good").Reason);
    }

    [Fact]
    public async Task A_role_that_can_not_be_looked_up_is_told_and_fails_nothing()
    {
        await using var scene = await SceneAsync(new FakeRoles { Failure = new Failure { Id = "NoAwsCredentials", Kind = FailureKind.Authentication, Message = "No AWS credentials were found." } });
        scene.Manifests.Add(LinkedAccount("s3")).Add(App("web", ["production"], account: "s3"));
        var changes = await scene.ImportAsync("Konstellation");
        Assert.All(changes, c => Assert.Equal(ClusterConfigChangeAction.Created, c.Action));
        Assert.Contains("could not be verified", changes.Single(c => c.Kind == "App").Reason, StringComparison.Ordinal);
        Assert.Contains(scene.Reporter.Of("warning"), w => w.Contains("No AWS credentials", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Credentials_of_another_account_prove_nothing()
    {
        await using var scene = await SceneAsync(new FakeRoles("kon-green-s3") { Account = "999999999999" });
        scene.Manifests.Add(LinkedAccount("s3")).Add(App("web", ["production"], account: "s3"));
        var app = (await scene.ImportAsync("Konstellation")).Single(c => c.Kind == "App");
        Assert.Equal(ClusterConfigChangeAction.Created, app.Action);
        Assert.Contains("another account", app.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_without_its_account_fails()
    {
        await using var scene = await SceneAsync(new FakeRoles());
        scene.Manifests.Add(App("web", ["production"], account: "nobody"));
        Assert.Equal("LinkedServiceAccountMissing", Assert.Single(await scene.ImportAsync("Konstellation")).Failure!.Id);
    }

    [Fact]
    public async Task A_service_account_that_can_not_be_made_fails_the_apps_of_its_target()
    {
        await using var scene = await SceneAsync(new FakeRoles("kon-green-s3"));
        scene.Manifests.Add(LinkedAccount("s3")).Add(App("web", ["production"], account: "s3")).Add(App("other", ["staging"], account: "s3"));
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "create", Resource = "serviceaccounts", Namespace = "production", Count = null });
        var changes = await scene.ImportAsync("Konstellation");
        Assert.Equal("ServiceAccountMissing", changes.Single(c => c.Name == "web").Failure!.Id);
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Name == "other").Action);
    }

    [Theory]
    [InlineData(""","annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::123456789012:role/kon-old-s3"}""")]
    [InlineData("")]
    public async Task A_service_account_that_is_there_with_another_role_or_none_fails_the_apps_of_its_target(string annotations)
    {
        await using var scene = await SceneAsync(new FakeRoles("kon-green-s3"));
        scene.Host.Cluster("green").Seed(["""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"s3","namespace":"production"MORE}}""".Replace("MORE", annotations, StringComparison.Ordinal)]);
        scene.Manifests.Add(LinkedAccount("s3")).Add(App("web", ["production"], account: "s3")).Add(App("other", ["staging"], account: "s3"));
        var changes = await scene.ImportAsync("Konstellation");
        Assert.Equal(ClusterConfigChangeAction.Skipped, changes.Single(c => c is { Kind: "ServiceAccount", Namespace: "production" }).Action);
        var failed = changes.Single(c => c.Name == "web");
        Assert.Equal("ServiceAccountMissing", failed.Failure?.Id);
        Assert.Contains("role-arn", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Name == "other").Action);

        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        Assert.Equal(ClusterConfigChangeAction.Created, (await scene.ImportAsync("Konstellation")).Single(c => c.Name == "web").Action);
    }

    [Fact]
    public async Task What_is_not_selected_gets_no_service_accounts()
    {
        await using var scene = await SceneAsync(new FakeRoles("kon-green-s3", "kon-green-sqs"));
        scene.Manifests.Add(LinkedAccount("s3")).Add(LinkedAccount("sqs").Replace("\"name\":\"sqs\"", "\"name\":\"sqs\",\"labels\":{\"team\":\"a\"}", StringComparison.Ordinal));
        scene.Options = scene.Options with { Selection = new ClusterConfigSelection { LabelSelector = "team=a" } };
        var changes = await scene.ImportAsync("Konstellation");
        Assert.Equal(["LinkedServiceAccount sqs", "ServiceAccount sqs", "ServiceAccount sqs"], changes.Select(c => $"{c.Kind} {c.Name}"));
    }

    [Theory]
    [InlineData("us-west-2", Account, null)]
    [InlineData("us-east-1", Account, "us-east-1")]
    [InlineData("us-west-2", "999999999999", "999999999999")]
    public async Task Certificates_travel_only_within_their_account_and_region(string region, string account, string? reason)
    {
        await using var scene = await SceneAsync();
        scene.Manifests.Add(Certificate(region, account));
        var change = Assert.Single(await scene.ImportAsync("Konstellation"));
        Assert.Equal(reason is null ? ClusterConfigChangeAction.Created : ClusterConfigChangeAction.Skipped, change.Action);
        if (reason is not null)
            Assert.Contains(reason, change.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shared_config_without_its_base_is_told()
    {
        await using var scene = await SceneAsync();
        scene.Manifests.Add(SharedConfig("database", "production")).Add(SharedConfig("cache", ""));
        var changes = await scene.ImportAsync("Konstellation");
        Assert.Contains("production alone", changes.Single(c => c.Name == "shared-database").Reason, StringComparison.Ordinal);
        Assert.Null(changes.Single(c => c.Name == "shared-cache").Reason);
    }

    [Fact]
    public async Task A_shared_config_never_takes_the_place_of_one_for_another_target()
    {
        await using var scene = await SceneAsync();
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        scene.Host.Cluster("green").Seed([SharedConfig("database", "")]);
        scene.Manifests.Add(SharedConfig("database", "production"));
        Assert.Equal("SharedConfigCollision", Assert.Single(await scene.ImportAsync("Konstellation")).Failure!.Id);
    }

    [Fact]
    public async Task The_source_s_cluster_config_and_nodepools_are_left_alone()
    {
        await using var scene = await SceneAsync();
        scene.Manifests.Add(ClusterConfig("blue")).Add("""{"apiVersion":"k11n.dev/v1alpha1","kind":"Nodepool","metadata":{"name":"kon-nodepool-20260301-0915"},"spec":{}}""");
        Assert.All(await scene.ImportAsync("Konstellation"), c => Assert.Equal((ClusterConfigChangeAction.Skipped, false), (c.Action, string.IsNullOrEmpty(c.Reason))));
        using var green = await scene.GetAsync("k11n.dev", "ClusterConfig", null, "green");
        Assert.NotNull(green);
    }

    [Fact]
    public async Task Without_a_cluster_config_on_the_target_apps_fail_and_builds_do_not()
    {
        await using var scene = await SceneAsync(clusterConfig: false);
        scene.Manifests.Add(App("web", ["production"])).Add(Build("web")).Add(LinkedAccount("s3"));
        var changes = await scene.ImportAsync("Konstellation");
        Assert.Equal("ClusterConfigMissing", changes.Single(c => c.Kind == "App").Failure!.Id);
        Assert.Equal("ClusterConfigMissing", changes.Single(c => c.Kind == "LinkedServiceAccount").Failure!.Id);
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Kind == "Build").Action);
    }

    // Its operator would register the Build itself, as if it had just been made.
    [Fact]
    public async Task A_build_that_could_not_be_brought_fails_just_the_apps_that_run_it()
    {
        await using var scene = await SceneAsync();
        var tagged = App("tagged", ["production"]).Replace("\"image\":\"tagged\"", "\"image\":\"web\",\"imageTag\":\"TAG\"", StringComparison.Ordinal);
        scene.Manifests.Add(Build("web")).Add(Build("other")).Add(App("web", ["production"])).Add(App("other", ["production"]))
            .Add(tagged.Replace("TAG", "1", StringComparison.Ordinal)).Add(tagged.Replace("TAG", "2", StringComparison.Ordinal).Replace("\"tagged\"", "\"elsewhere\"", StringComparison.Ordinal));
        var fault = scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "create", Resource = "builds", Name = "web-1", Count = null });
        var changes = await scene.ImportAsync("Konstellation");
        Assert.Equal(["App tagged", "App web", "Build web-1"], changes.Where(c => c.Action == ClusterConfigChangeAction.Failed).Select(c => $"{c.Kind} {c.Name}").Order(StringComparer.Ordinal));
        Assert.All(changes.Where(c => c is { Kind: "App", Action: ClusterConfigChangeAction.Failed }), c => Assert.Equal("BuildMissing", c.Failure!.Id));
        scene.Host.Faults.Remove(fault);
        Assert.DoesNotContain(await scene.ImportAsync("Konstellation"), c => c.Action == ClusterConfigChangeAction.Failed);
    }

    private static async Task<ImportScene> SceneAsync(IIamRoles? roles = null, bool clusterConfig = true)
    {
        var scene = await ImportScene.StartAsync(services: new SystemServices { Roles = roles ?? new FakeRoles() });
        var green = scene.Host.Cluster("green");
        green.Seed(new[] { "App", "AppConfig", "Build", "CertificateRef", "ClusterConfig", "LinkedServiceAccount", "Nodepool" }.Select(Definition));
        green.Seed([ImportScene.Namespace("production"), ImportScene.Namespace("staging")]);
        if (clusterConfig)
            green.Seed([ClusterConfig("green")]);
        return scene;
    }

    private static string Definition(string kind) =>
        """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"NAMEs.k11n.dev"},
         "spec":{"group":"k11n.dev","scope":"Cluster","names":{"kind":"KIND","plural":"NAMEs","singular":"NAME","listKind":"KINDList"},
         "versions":[{"name":"v1alpha1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
        """.Replace("NAME", kind.ToLowerInvariant(), StringComparison.Ordinal).Replace("KIND", kind, StringComparison.Ordinal);

    private static string ClusterConfig(string name) =>
        """
        {"apiVersion":"k11n.dev/v1alpha1","kind":"ClusterConfig","metadata":{"name":"NAME"},
         "spec":{"version":"0.6.1","kubeVersion":"1.33","cloud":"aws","region":"us-west-2","enableIpv6":false,"targets":["production","staging"]},
         "status":{"aws":{"vpcId":"vpc-1","securityGroups":[],"publicSubnets":[],"albRoleArn":"","nodeRoleArn":"arn:aws:iam::ACCOUNT:role/kon-NAME-node-role","adminRoleArn":"arn:aws:iam::ACCOUNT:role/kon-NAME-admin-role"}}}
        """.Replace("NAME", name, StringComparison.Ordinal).Replace("ACCOUNT", Account, StringComparison.Ordinal);

    private static string App(string name, string[] targets, string? account = null, string[]? halted = null)
    {
        var all = targets.Select(t => $"{{\"name\":\"{t}\"}}").Concat((halted ?? []).Select(t => $"{{\"name\":\"{t}\",\"deployMode\":\"halt\"}}"));
        return """{"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"NAME"},"spec":{"image":"NAME",ACCOUNT"targets":[TARGETS]}}"""
            .Replace("NAME", name, StringComparison.Ordinal)
            .Replace("ACCOUNT", account is null ? "" : $"\"serviceAccount\":\"{account}\",", StringComparison.Ordinal)
            .Replace("TARGETS", string.Join(',', all), StringComparison.Ordinal);
    }

    private static string LinkedAccount(string name) =>
        """{"apiVersion":"k11n.dev/v1alpha1","kind":"LinkedServiceAccount","metadata":{"name":"NAME"},"spec":{"targets":["old"],"aws":{"policyArns":["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]}}}"""
            .Replace("NAME", name, StringComparison.Ordinal);

    private static string Certificate(string region, string account) =>
        """{"apiVersion":"k11n.dev/v1alpha1","kind":"CertificateRef","metadata":{"name":"cert","labels":{"k11n.dev/domain":"example.com"}},"spec":{"providerId":"arn:aws:acm:REGION:ACCOUNT:certificate/cert"}}"""
            .Replace("REGION", region, StringComparison.Ordinal)
            .Replace("ACCOUNT", account, StringComparison.Ordinal);

    private static string SharedConfig(string name, string target) =>
        """{"apiVersion":"k11n.dev/v1alpha1","kind":"AppConfig","metadata":{"name":"shared-NAME","labels":{"k11n.dev/sharedConfig":"NAME","k11n.dev/target":"TARGET"}},"type":"shared","config":"YQo="}"""
            .Replace("NAME", name, StringComparison.Ordinal)
            .Replace("TARGET", target, StringComparison.Ordinal);

    private static string AppConfig(string app) =>
        """{"apiVersion":"k11n.dev/v1alpha1","kind":"AppConfig","metadata":{"name":"app-NAME","labels":{"k11n.dev/app":"NAME","k11n.dev/target":""}},"type":"app","config":"YQo="}"""
            .Replace("NAME", app, StringComparison.Ordinal);

    private static string Build(string image) =>
        """{"apiVersion":"k11n.dev/v1alpha1","kind":"Build","metadata":{"name":"NAME-1"},"spec":{"registry":"","image":"NAME","tag":"1"}}"""
            .Replace("NAME", image, StringComparison.Ordinal);

    private sealed class FakeRoles(params string[] names) : IIamRoles
    {
        public string Account { get; init; } = KonstellationImportTests.Account;

        public Failure? Failure { get; init; }

        public Task<IamRole?> GetRoleAsync(string roleName, CancellationToken cancellationToken) => Failure is not null
            ? throw new UpgradeException(Failure)
            : Task.FromResult(names.Contains(roleName) ? new IamRole(roleName, $"arn:aws:iam::{Account}:role/{roleName}") : null);
    }
}
