using System.Globalization;
using System.Text.RegularExpressions;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Readiness.Upgrading;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Systems.Kubermatic.Health;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Hosting;
using static KonUpgrade.Engine.Tests.Systems.KubermaticScene;

namespace KonUpgrade.Engine.Tests.Systems;

/// <summary>A Kubermatic on which everything is as it should be, and one on which nothing is, as their checks see them.</summary>
public sealed partial class KubermaticHealthTests(KubermaticHealthTests.Scenes scenes) : IClassFixture<KubermaticHealthTests.Scenes>
{
    private static readonly KubermaticTarget s_target = new() { Version = "v2.31.0", Edition = "CE" };

    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;

    /// <summary>What each check finds where nothing is as it should be; what only should be known begins with a question mark.</summary>
    public static TheoryData<string, ReadinessStatus, string[]> Findings => new()
    {
        {
            "KubermaticVersionReached", ReadinessStatus.Failed,
            [
                "KubermaticConfiguration kubermatic/kubermatic: it is at v2.29.3, and not at v2.31.0", "Seed kubermatic/eu: it is at v2.29.3, and not at v2.31.0", "Seed kubermatic/lost: it is at v2.30.0, and not at v2.31.0",
                "? Seed kubermatic/us: the operator leaves it alone: it is at v2.28.0, and not at v2.31.0",
            ]
        },
        {
            "KubermaticSeedsHealthy", ReadinessStatus.Failed,
            ["Seed kubermatic/eu: it is Unhealthy", "Seed kubermatic/eu: ResourcesReconciled is not True: ReconcilingError: no such image", "? Seed kubermatic/us: it is Paused", "? Seed kubermatic/us: KubeconfigValid is not True"]
        },
        {
            "KubermaticDeploymentsAvailable", ReadinessStatus.Failed,
            [
                "Deployment kubermatic/kubermatic-operator: not all of its Pods are of its newest template and available", "Deployment kubermatic/kubermatic-master-controller-manager: it is scaled to 0: nothing is reconciled",
                "Deployment kubermatic/kubermatic-seed-controller-manager on the seed eu: it is not there", "? Deployment kubermatic/kubermatic-dashboard: it is not there, as in a headless installation", "? Deployment kubermatic/kubermatic-webhook: it is not there, as in a headless installation",
            ]
        },
        { "KubermaticLoadSettled", ReadinessStatus.Failed, ["Seed kubermatic/eu: 1 clusters are in progress and 1 wait; failing: down, error"] },
        { "KubermaticSlotsFree", ReadinessStatus.Failed, ["Seed kubermatic/eu: 1 of 1 slots are occupied for ever by paused: it reconciles no other cluster"] },
        { "KubermaticClustersWithoutError", ReadinessStatus.Failed, ["Cluster error on the seed eu: InvalidConfiguration: no such datacenter"] },
        {
            "KubermaticControlPlanesUp", ReadinessStatus.Failed,
            ["Cluster down on the seed eu: etcd down", "Cluster down on the seed eu: apiserver being brought up", "? Cluster paused on the seed eu: etcd: in a state that is not known here"]
        },
        { "KubermaticVersionPath", ReadinessStatus.Failed, ["KubermaticConfiguration kubermatic/kubermatic: it is at v2.29.3, more than one minor version before 2.31.0"] },
        { "KubermaticEdition", ReadinessStatus.Failed, ["KubermaticConfiguration kubermatic/kubermatic: it is the Enterprise Edition, and not the CE"] },
        {
            "KubermaticSeedsReady", ReadinessStatus.Failed,
            [
                "Seed kubermatic/eu: it is at v2.29.3, more than one minor version before 2.31.0", "Seed kubermatic/eu: its resources are not reconciled: ReconcilingError: no such image", "Seed kubermatic/us: it is at v2.28.0, more than one minor version before 2.31.0",
                "? Seed kubermatic/us: its kubeconfig is not known to work: the installer looks no further, and the operator will not get there", "? Seed kubermatic/lost: its kubeconfig is not known to work: the installer looks no further, and the operator will not get there",
            ]
        },
        { "KubermaticClusterVersions", ReadinessStatus.Failed, ["Cluster error on the seed eu: its version 1.31.2 is neither offered nor updated by itself (offered: v1.33.8, v1.34.4; updated from: 1.32.*)"] },
        { "KubermaticContainerRuntime", ReadinessStatus.Failed, ["Cluster error on the seed eu: it runs its containers with docker"] },
        { "KubermaticHelmReleases", ReadinessStatus.Failed, ["Helm release kubermatic/cert-manager: its revision 12 is pending-upgrade", "? Helm release kubermatic/dex: its revision 1 is failed"] },
        {
            // One seed can't be read, and whatever the others have is only to be known.
            "KubermaticEtcdBackups", ReadinessStatus.Unknown,
            [
                "? Cluster error on the seed eu: it has no EtcdBackupConfig: its etcd is not backed up", "? Cluster paused on the seed eu: no backup of its etcd was completed; the last one failed: no such bucket",
                "? Cluster down on the seed eu: the last backup of its etcd is 3 days old, of (a time) UTC; the last one failed",
            ]
        },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Findings))]
    public async Task What_is_not_as_it_should_be_is_found(string id, ReadinessStatus status, string[] findings)
    {
        var check = await RunAsync("bad", id, s_target);
        Assert.Equal(status, check.Status);
        Assert.Equal(findings.Order(StringComparer.Ordinal), check.Findings.Select(finding => (finding.Severity == ReadinessSeverity.Advisory ? "? " : "") + Moment().Replace(finding.ToString(), "(a time)")).Order(StringComparer.Ordinal));
        Assert.NotNull(check.Remedy);
    }

    [Theory]
    [MemberData(nameof(Findings))]
    public async Task Where_all_is_as_it_should_be_nothing_is_found(string id, ReadinessStatus whereNot, string[] there)
    {
        Assert.NotEqual(ReadinessStatus.Passed, whereNot);
        Assert.NotEmpty(there);
        var check = await RunAsync("good", id, s_target);
        Assert.Equal((ReadinessStatus.Passed, ""), (check.Status, string.Join("; ", check.Findings)));
        Assert.NotNull(check.Examined);
    }

    [Theory]
    [InlineData("KubermaticVersionPath")]
    [InlineData("KubermaticEdition")]
    [InlineData("KubermaticSeedsReady")]
    [InlineData("KubermaticClusterVersions")]
    public async Task Without_a_target_there_is_nothing_to_check_before_it(string id) => Assert.Equal(ReadinessStatus.NotApplicable, (await RunAsync("bad", id, target: null)).Status);

    [Fact]
    public async Task A_seed_that_the_installer_is_to_leave_out_is_told_and_blocks_no_more()
    {
        var before = await RunAsync("bad", "KubermaticSeedsReady", s_target);
        var after = await RunAsync("bad", "KubermaticSeedsReady", s_target, "KubermaticSeedsReady:Seed */us");
        Assert.Equal(before.Findings.Select(finding => $"{finding}").Order(StringComparer.Ordinal), after.Findings.Select(finding => $"{finding}").Order(StringComparer.Ordinal));
        Assert.All(after.Findings, finding => Assert.Equal(finding.Name == "us" ? ReadinessSeverity.Advisory : before.Findings.First(one => $"{one}" == $"{finding}").Severity, finding.Severity));
        Assert.Contains(before.Findings, finding => finding is { Name: "us", Severity: ReadinessSeverity.Blocking });
        Assert.Equal(ReadinessStatus.Warning, (await RunAsync("bad", "KubermaticSeedsReady", s_target, "KubermaticSeedsReady:Seed *")).Status);
    }

    [Theory]
    [InlineData("v2.31.0", "v2.31.0", null)]
    [InlineData("ee-v2.31.0", "v2.31.0", "EE")]
    [InlineData("kubermatic-CE-v2.31.0", "v2.31.0", "CE")]
    [InlineData("2.31", "2.31", null)]
    public void A_release_names_its_version_and_where_it_is_said_its_edition(string text, string version, string? edition) =>
        Assert.Equal((version, edition), (KubermaticTarget.Of(text).Version, KubermaticTarget.Of(text).Edition));

    [Theory]
    [InlineData("v2.29.9", ReadinessStatus.Passed, "2.29.3 to 2.29.9")]
    [InlineData("v2.30.0", ReadinessStatus.Passed, "2.29 to 2.30")]
    [InlineData("v2.32.1", ReadinessStatus.Failed, "2.29 to 2.30,2.30 to 2.31,2.31 to 2.32")]
    [InlineData("v2.29.3", ReadinessStatus.Passed, "")]
    [InlineData("v2.29.1", ReadinessStatus.Warning, "")]
    [InlineData("v3.0.0", ReadinessStatus.Failed, "")]
    [InlineData("latest", ReadinessStatus.Unknown, "")]
    public async Task The_way_is_one_minor_version_at_a_time(string version, ReadinessStatus status, string hops)
    {
        var check = await RunAsync("bad", "KubermaticVersionPath", new KubermaticTarget { Version = version });
        Assert.Equal((status, hops), (check.Status, string.Join(',', check.Hops)));
    }

    [Theory]
    [InlineData("KubermaticLoadSettled")]
    [InlineData("KubermaticSlotsFree")]
    [InlineData("KubermaticControlPlanesUp")]
    public async Task A_seed_that_cannot_be_read_is_told_beside_what_was_found(string id)
    {
        var check = await RunAsync("bad", id, s_target);
        Assert.Equal("SeedKubeConfigMissing", check.Failure?.Id);
        Assert.Contains("The seed cluster of the Seed lost was not read", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_right_makes_one_check_unknown_and_names_it()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("good", "1.33"));
        Scenes.Fill(host, isGood: true);
        host.Cluster("good").Deny(new DeniedAccess { Group = "", Resource = "secrets", Verb = "list" });
        await using var master = await SandboxFixture.ConnectAsync(host, "good");
        await using var survey = await KubermaticSurvey.BeginAsync(master, s_target, new ConnectionOptions(), NullReporter.Instance, Token);

        var checks = new List<ReadinessCheck>();
        await foreach (var check in ReadinessRunner.RunAsync(KubermaticChecks.Preflight, survey, NullReporter.Instance, Token))
            checks.Add(check);

        var unknown = Assert.Single(checks, check => check.Status != ReadinessStatus.Passed);
        Assert.Equal(("KubermaticHelmReleases", ReadinessStatus.Unknown, "Forbidden"), (unknown.Id, unknown.Status, unknown.Failure?.Id));
    }

    [Fact]
    public async Task The_last_backup_that_was_completed_counts_and_its_time_is_told()
    {
        var old = Assert.Single((await RunAsync("bad", "KubermaticEtcdBackups", s_target)).Findings, finding => finding.Name == "down");
        Assert.Equal(s_now.AddDays(-3), old.Since);
        Assert.Contains(s_now.AddDays(-3).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), old.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_etcd_is_backed_up_that_is_said_once()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("master", "1.33"));
        host.Cluster("master").Seed([.. Installed(master: true), Settings(), Seed("own", "own"), Secret("own", "kubeconfig", KubeConfigOf(host, "master")), UserCluster("one"), UserCluster("two")]);
        await using var master = await SandboxFixture.ConnectAsync(host, "master");
        await using var survey = await KubermaticSurvey.BeginAsync(master, s_target, new ConnectionOptions(), NullReporter.Instance, Token);

        const string Told = "Seed kubermatic/own: none of its 2 user clusters has an EtcdBackupConfig: it backs up no etcd";
        Assert.Equal(Told, Assert.Single((await new EtcdBackupsCheck().RunAsync(survey, Token)).Findings).ToString());
        host.Cluster("master").Seed([Definition("EtcdBackupConfig", "Namespaced")]);
        Assert.Equal(Told, Assert.Single((await new EtcdBackupsCheck().RunAsync(survey, Token)).Findings).ToString());
        host.Cluster("master").Deny(new DeniedAccess { Group = "kubermatic.k8c.io", Resource = "etcdbackupconfigs", Verb = "list" });
        var unread = await new EtcdBackupsCheck().RunAsync(survey, Token);
        Assert.Empty(unread.Findings);
        Assert.StartsWith("The seed cluster of the Seed own was not read", Assert.Single(unread.Unread).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("good", ReadinessStatus.Passed)]
    [InlineData("eu", ReadinessStatus.NotApplicable)]
    [InlineData("none", ReadinessStatus.NotApplicable)]
    public async Task A_master_is_checked_with_what_it_is_a_master_of_and_a_seed_is_not(string cluster, ReadinessStatus status)
    {
        await using var connection = await SandboxFixture.ConnectAsync(scenes.Host, cluster);
        await using var survey = await ClusterSurvey.BeginAsync(connection, [], Token);
        var checks = SystemChecks.HealthOf(new SystemCatalog().Get("Kubermatic").Description);

        var results = new List<ReadinessCheck>();
        await foreach (var check in ReadinessRunner.RunAsync(checks, survey, NullReporter.Instance, Token))
            results.Add(check);

        Assert.Equal(KubermaticChecks.Health.Select(check => (check.Rule.Id, status)), results.Select(result => (result.Id, result.Status)));
    }

    [Theory]
    [InlineData("v2.31.0", UpgradeWay.InPlace, ReadinessStatus.Failed)]
    [InlineData(null, UpgradeWay.InPlace, ReadinessStatus.NotApplicable)]
    [InlineData("v2.31.0", UpgradeWay.BlueGreen, ReadinessStatus.NotApplicable)]
    public async Task Before_an_upgrade_in_place_the_installers_own_checks_are_made(string? version, UpgradeWay way, ReadinessStatus status)
    {
        await using var connection = await SandboxFixture.ConnectAsync(scenes.Host, "bad");
        await using var survey = await ClusterSurvey.BeginAsync(connection, [], Token);
        var system = new SystemCatalog().Get("Kubermatic").Description;
        var upgrade = new UpgradeSurvey { Blue = survey, Target = survey.Version, Way = way, System = system, SystemVersion = version };
        var checks = SystemChecks.UpgradeOf(system);
        Assert.Equal(checks.Count, checks.Select(check => check.Rule.Id).Distinct().Count());

        var results = new Dictionary<string, ReadinessStatus>();
        await foreach (var check in ReadinessRunner.RunAsync(checks, upgrade, NullReporter.Instance, Token))
            results[check.Id] = check.Status;

        Assert.Equal(status, results["KubermaticVersionPath"]);
        // What is the matter now is told besides, and blocks in place alone.
        Assert.Equal(way == UpgradeWay.InPlace ? ReadinessStatus.Failed : ReadinessStatus.Warning, results["KubermaticSeedsHealthy"]);
    }

    [Fact]
    public void Every_check_has_a_case_and_an_id_of_its_own()
    {
        var ids = KubermaticChecks.Health.Concat(KubermaticChecks.Preflight).Select(check => check.Rule.Id).ToList();
        Assert.Equal(ids.Distinct().Order(StringComparer.Ordinal), Findings.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
        Assert.All(KubermaticChecks.Health, check => Assert.Single(KubermaticChecks.Health, other => other.Rule.Id == check.Rule.Id));
        Assert.All(ids, id => Assert.StartsWith("Kubermatic", id, StringComparison.Ordinal));
    }

    private async Task<ReadinessCheck> RunAsync(string scene, string id, KubermaticTarget? target, params string[] exclude)
    {
        await using var master = await SandboxFixture.ConnectAsync(scenes.Host, scene);
        await using var survey = await KubermaticSurvey.BeginAsync(master, target, new ConnectionOptions(), NullReporter.Instance, Token);
        var check = KubermaticChecks.Health.Concat(KubermaticChecks.Preflight).First(one => one.Rule.Id == id);
        await foreach (var result in ReadinessRunner.RunAsync(new CheckSelection([], exclude).Of([check], []), survey, NullReporter.Instance, Token))
            return result;
        throw new InvalidOperationException("It gave nothing.");
    }

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(?= UTC)")]
    private static partial Regex Moment();

    public sealed class Scenes : IAsyncLifetime
    {
        public SandboxHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Host = await SandboxFixture.StartAsync(new SandboxClusterOptions("good", "1.33"), new SandboxClusterOptions("bad", "1.33"), new SandboxClusterOptions("eu", "1.33"), new SandboxClusterOptions("none", "1.33"));
            Fill(Host, isGood: true);
            Fill(Host, isGood: false);
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();

        public static void Fill(SandboxHost host, bool isGood)
        {
            if (isGood)
            {
                // Its own seed, as in the community edition.
                host.Cluster("good").Seed(
                [
                    .. Installed(master: true), Settings(), SeedOf("kubermatic", "own", "Healthy", "v2.31.0", "True", "True"), Secret("own", "kubeconfig", KubeConfigOf(host, "good")), Helm("dex", 2, "deployed"), Helm("dex", 1, "failed"),
                    .. new[] { "operator", "api", "dashboard", "master-controller-manager", "seed-controller-manager", "webhook" }.Select(name => Deployment($"kubermatic-{name}")), UserCluster("one"),
                .. BackedUp(("one", [("Failed", s_now.AddMinutes(-40), "no such bucket"), ("Completed", s_now.AddMinutes(-20), ""), ("Running", s_now, "")])),
                    UserCluster("gone", "v2.30.2", metadata: ""","deletionTimestamp":"2026-03-02T09:00:00Z","finalizers":["a/b"]""", status: ""","errorReason":"ReconcileError" """),
                ]);
                return;
            }

            const string Versions = ""","versions":{"versions":["v1.33.8","v1.34.4"],"updates":[{"from":"1.32.*","to":"1.33.*","automatic":true},{"from":"1.31.*","to":"1.32.*"}]}""";
            host.Cluster("bad").Seed(
            [
                .. Installed(master: true), Settings("""{"maximumParallelReconciles":1}""", "v2.29.3", edition: "Enterprise Edition", spec: Versions), Secret("eu", "kubeconfig", KubeConfigOf(host, "eu")),
                SeedOf("eu", "eu", "Unhealthy", "v2.29.3", "True", "False"), SeedOf("lost", "nowhere", "Healthy", "v2.30.0", null, null),
                SeedOf("us", "nowhere", "Paused", "v2.28.0", "False", null).Replace("\"name\":\"us\"", "\"name\":\"us\",\"annotations\":{\"kubermatic.k8c.io/skip-reconciling\":\"true\"}", StringComparison.Ordinal),
                Helm("cert-manager", 9, "superseded"), Helm("cert-manager", 12, "pending-upgrade"), Helm("dex", 1, "failed"),
                Deployment("kubermatic-operator", ready: 0), Deployment("kubermatic-master-controller-manager", ready: 0, replicas: 0), Deployment("kubermatic-api"),
            ]);
            host.Cluster("eu").Seed(
            [
                .. Installed(master: false), UserCluster("fine", "v2.29.3").Replace("1.34.4", "1.32.9", StringComparison.Ordinal),
                UserCluster("error", "v2.29.3", upToDate: false, spec: ""","containerRuntime":"docker" """, status: ""","errorReason":"InvalidConfiguration","errorMessage":"no such datacenter" """).Replace("1.34.4", "1.31.2", StringComparison.Ordinal),
                UserCluster("paused", "v2.29.3", upToDate: false, spec: ""","pause":true""").Replace("\"etcd\":\"HealthStatusUp\"", "\"etcd\":\"HealthStatusOdd\"", StringComparison.Ordinal),
                .. BackedUp(
                    ("fine", [("Completed", s_now.AddHours(-23), "")]),
                    ("paused", [("Failed", s_now.AddDays(-1), "no such bucket"), ("Running", s_now, "")]),
                    ("down", [("Completed", s_now.AddDays(-4), ""), ("Failed", s_now.AddDays(-1), ""), ("Completed", s_now.AddDays(-3), "")])),
                UserCluster("down", "v2.28.0").Replace("\"apiserver\":\"HealthStatusUp\",\"etcd\":\"HealthStatusUp\"", "\"apiserver\":\"HealthStatusProvisioning\",\"etcd\":\"HealthStatusDown\"", StringComparison.Ordinal),
            ]);
        }

        private static IEnumerable<string> BackedUp(params (string Cluster, (string Phase, DateTimeOffset Time, string Message)[] Backups)[] clusters) =>
        [
            Definition("EtcdBackupConfig", "Namespaced"),
            .. clusters.SelectMany(cluster => new[] { $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"cluster-{{{cluster.Cluster}}}"}}""", EtcdBackups(cluster.Cluster, cluster.Backups) }),
        ];

        private static string SeedOf(string name, string secret, string phase, string version, string? kubeconfigValid, string? reconciled)
        {
            string[] conditions =
            [
                .. kubeconfigValid is null ? (string[])[] : [$"\"KubeconfigValid\":{{\"status\":\"{kubeconfigValid}\"}}"],
                .. reconciled is null ? (string[])[] : [$"\"ResourcesReconciled\":{{\"status\":\"{reconciled}\",\"reason\":\"ReconcilingError\",\"message\":\"no such image\"}}"],
            ];
            var status = $"\"phase\":\"{phase}\",\"versions\":{{\"kubermatic\":\"{version}\"}},\"conditions\":{{{string.Join(',', conditions)}}}";
            return Object("Seed", name, "kubermatic", $"{{\"kubeconfig\":{{\"name\":\"{secret}\"}}}}", $",\"status\":{{{status}}}");
        }

        private static string Helm(string name, int revision, string status) =>
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"helm.sh/release.v1\",\"metadata\":{"
            + $"\"name\":\"sh.helm.release.v1.{name}.v{revision}\",\"namespace\":\"kubermatic\",\"labels\":{{\"owner\":\"helm\",\"name\":\"{name}\",\"version\":\"{revision}\",\"status\":\"{status}\"}}}}}}";
    }
}
