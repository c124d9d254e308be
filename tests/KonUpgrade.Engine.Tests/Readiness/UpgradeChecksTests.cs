using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Readiness.Upgrading;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Readiness;

/// <summary>What is found before an upgrade, in place and beside a green cluster.</summary>
public sealed class UpgradeChecksTests(SandboxFixture sandbox)
{
    private static int s_namespaces;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.35", UpgradeWay.InPlace, ReadinessStatus.Passed, "1.34 to 1.35", null)]
    [InlineData("1.37", UpgradeWay.InPlace, ReadinessStatus.Failed, "1.34 to 1.35,1.35 to 1.36,1.36 to 1.37", "in place it takes 3 upgrades, one minor version each: 1.35, 1.36, 1.37")]
    [InlineData("v1.37.1", UpgradeWay.BlueGreen, ReadinessStatus.Passed, "1.34 to 1.37", null)]
    [InlineData("1.34", UpgradeWay.InPlace, ReadinessStatus.Warning, "", "it has 1.34 already")]
    [InlineData("1.33", UpgradeWay.BlueGreen, ReadinessStatus.Failed, "", "1.33 is older than 1.34, which it has: Kubernetes does not go back")]
    public async Task The_way_is_told_hop_by_hop(string target, UpgradeWay way, ReadinessStatus status, string hops, string? finding)
    {
        await using var cluster = await sandbox.ConnectAsync("green");
        var check = await RunAsync(await SurveyAsync(cluster, way, target), "VersionPath");
        Assert.Equal(status, check.Status);
        Assert.Equal(hops, string.Join(',', check.Hops));
        Assert.Equal(finding, check.Findings.SingleOrDefault()?.Message);
    }

    [Fact]
    public async Task Parts_of_a_cluster_that_are_too_far_apart_block()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33"));
        host.Cluster("blue").Seed(
        [
            Node("same", "v1.33.5"), Node("older", "v1.31.2"), Node("oldest", "v1.30.1-eks-1"), Node("newer", "v1.34.0"), Node("ancient", "v1.24.9"), Node("silent", ""),
            Proxy("kube-proxy", "registry.test:5000/kube-proxy:v1.30.3-eksbuild.2"), Proxy("kube-proxy-arm", "registry.test:5000/kube-proxy@sha256:0123"),
            Part("kube-apiserver-a", "kube-apiserver", "v1.33.1"), Part("kube-apiserver-b", "kube-apiserver", "v1.31.0"),
            Part("kube-scheduler-a", "kube-scheduler", "v1.32.0"), Part("kube-controller-manager-a", "kube-controller-manager", "v1.29.0"),
        ]);
        await using var cluster = await SandboxFixture.ConnectAsync(host, "blue");
        var inPlace = await SurveyAsync(cluster, UpgradeWay.InPlace, "1.36");
        Assert.Equal(
            [
                "Node ancient: its kubelet is v1.24.9, 9 minor versions older than the API server, 1.33; 2 are allowed",
                "Node newer: its kubelet is v1.34.0, newer than the API server, 1.33",
                "Node oldest: its kubelet is v1.30.1-eks-1, 4 minor versions older than the API server comes to be, 1.34; 3 are allowed",
                "Node silent: it does not tell its kubelet's version",
            ],
            Texts(await RunAsync(inPlace, "KubeletSkew")));
        Assert.Equal(
            [
                "DaemonSet kube-system/kube-proxy: it is v1.30.3-eksbuild.2, 4 minor versions older than the API server comes to be, 1.34; 3 are allowed",
                "DaemonSet kube-system/kube-proxy-arm: its image registry.test:5000/kube-proxy@sha256:0123 does not tell its version",
            ],
            Texts(await RunAsync(inPlace, "KubeProxySkew")));
        Assert.Equal(
            [
                "Pod kube-system/kube-apiserver-a: it is v1.33.1, more than one minor version newer than another API server, 1.31",
                "Pod kube-system/kube-controller-manager-a: it is v1.29.0, 2 minor versions older than an API server, 1.31; 1 is allowed",
                "Pod kube-system/kube-scheduler-a: it is v1.32.0, newer than an API server, 1.31",
            ],
            Texts(await RunAsync(inPlace, "ControlPlaneSkew")));
        // A blue that is left behind meets no newer API server.
        Assert.DoesNotContain("Node oldest", string.Join('\n', Texts(await RunAsync(await SurveyAsync(cluster, UpgradeWay.BlueGreen, "1.36"), "KubeletSkew"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_keeps_a_node_from_being_drained_blocks_in_place_and_is_told_elsewhere()
    {
        var ns = $"drains-{Interlocked.Increment(ref s_namespaces)}";
        sandbox.Host.Cluster("green").Seed(
        [
            Budget(ns, "never", """{"minAvailable":2,"selector":{"matchLabels":{"app":"web"}}}""", 2, 2, 0, 2),
            Budget(ns, "now", """{"minAvailable":1,"selector":{"matchLabels":{"tier":"front"}}}""", 1, 1, 0, 2),
            Budget(ns, "fine", """{"maxUnavailable":1,"selector":{"matchLabels":{"app":"other"}}}""", 1, 2, 1, 2),
            $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-1","namespace":"{{{ns}}}","labels":{"app":"web","tier":"front"}},"spec":{"containers":[{"name":"c","image":"i"}]},"status":{"phase":"Running"}}""",
        ]);
        await using var cluster = await sandbox.ConnectAsync("green");
        var inPlace = await SurveyAsync(cluster, UpgradeWay.InPlace, "1.35", ns);
        var budgets = await RunAsync(inPlace, "BudgetsLetGo");
        Assert.Equal(
            [
                $"PodDisruptionBudget {ns}/never: it needs 2 of its 2 pods: it lets none go, whatever their health",
                $"PodDisruptionBudget {ns}/now: it has 1 healthy pods and needs 1: it lets none go now",
            ],
            Texts(budgets));
        Assert.Equal(ReadinessStatus.Failed, budgets.Status);
        Assert.Equal([$"Pod {ns}/web-1: it has the budgets never, now"], Texts(await RunAsync(inPlace, "OneBudgetPerPod")));
        var beside = await SurveyAsync(cluster, UpgradeWay.BlueGreen, "1.35", ns);
        Assert.Equal(ReadinessStatus.Warning, (await RunAsync(beside, "BudgetsLetGo")).Status);
        Assert.Equal(ReadinessStatus.Warning, (await RunAsync(beside, "OneBudgetPerPod")).Status);
    }

    [Fact]
    public async Task What_answers_by_one_pod_or_without_a_probe_is_told()
    {
        var ns = $"serves-{Interlocked.Increment(ref s_namespaces)}";
        sandbox.Host.Cluster("green").Seed(
        [
            Service(ns, "web"), Service(ns, "api"),
            Deployment(ns, "web", 1, ""), Deployment(ns, "api", 2, ""","readinessProbe":{"httpGet":{"path":"/","port":80} }"""), Deployment(ns, "batch", 1, ""),
        ]);
        await using var cluster = await sandbox.ConnectAsync("green");
        var survey = await SurveyAsync(cluster, UpgradeWay.InPlace, "1.35", ns);
        var replicas = await RunAsync(survey, "ReplicasSuffice");
        Assert.Equal([$"Deployment {ns}/web: it has one pod, and the Service {ns}/web leads there"], Texts(replicas));
        Assert.Equal((ReadinessStatus.Warning, false), (replicas.Status, replicas.IsBlocking));
        Assert.Equal([$"Deployment {ns}/web: no container has a readiness probe (main)"], Texts(await RunAsync(survey, "ReadinessProbes")));
        Assert.Equal(ReadinessStatus.NotApplicable, (await RunAsync(await SurveyAsync(cluster, UpgradeWay.BlueGreen, "1.35", ns), "ReplicasSuffice")).Status);
    }

    [Fact]
    public async Task What_waits_for_its_end_is_told_with_whom_it_waits_for()
    {
        var ns = $"ends-{Interlocked.Increment(ref s_namespaces)}";
        sandbox.Host.Cluster("green").Seed(
        [
            $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"stuck","namespace":"{{{ns}}}","finalizers":["test.dev/gone"],"deletionTimestamp":"2026-01-15T11:00:00Z"}}""",
            $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"going","namespace":"{{{ns}}}","finalizers":["test.dev/soon"],"deletionTimestamp":"2026-01-15T11:58:00Z"}}""",
        ]);
        await using var cluster = await sandbox.ConnectAsync("green");
        var check = await RunAsync(await SurveyAsync(cluster, UpgradeWay.InPlace, "1.35", ns), "NothingStuckDeleting");
        Assert.Equal([$"ConfigMap {ns}/stuck: it was deleted, and waits for test.dev/gone"], Texts(check));
        Assert.Equal(ReadinessStatus.Warning, check.Status);
    }

    [Theory]
    [InlineData(UpgradeWay.InPlace, ReadinessStatus.Failed)]
    [InlineData(UpgradeWay.BlueGreen, ReadinessStatus.Warning)]
    public async Task What_is_not_well_before_is_no_fault_of_the_upgrade(UpgradeWay way, ReadinessStatus status)
    {
        var ns = $"before-{Interlocked.Increment(ref s_namespaces)}";
        sandbox.Host.Cluster("green").Seed([Deployment(ns, "web", 2, "")]);
        await using var cluster = await sandbox.ConnectAsync("green");
        var check = await RunAsync(await SurveyAsync(cluster, way, "1.35", ns), "WorkloadsAvailable");
        Assert.Equal(status, check.Status);
        Assert.Equal("green", check.Cluster);
    }

    [Fact]
    public async Task The_rights_of_a_viewer_are_enough()
    {
        await using var cluster = await sandbox.ConnectAsync("blue-viewer");
        await foreach (var check in ReadinessRunner.RunAsync(UpgradeChecks.All, await SurveyAsync(cluster, UpgradeWay.InPlace, "1.33"), NullReporter.Instance, Token))
        {
            // Metrics and the Secrets of Helm's releases are no viewer's to read: that evidence lacks, and its check says so.
            Assert.True(check.Failure is null || check is { Id: "DeprecatedApis", Failure.Kind: FailureKind.PermissionDenied }, $"{check.Id}: {check.Message}");
        }
    }

    [Fact]
    public void Every_check_has_an_id_of_its_own_and_says_what_to_do()
    {
        var rules = UpgradeChecks.All.Select(check => check.Rule).ToList();
        Assert.Equal(rules.Count, rules.Select(rule => rule.Id).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(rules, rule =>
        {
            Assert.Matches("^[A-Z][A-Za-z]+$", rule.Id);
            Assert.True(rule is { Title.Length: > 10, Remedy.Length: > 10 }, rule.Id);
            Assert.True(Uri.TryCreate(rule.Documentation, UriKind.Absolute, out _), rule.Id);
        });
    }

    private static async Task<UpgradeSurvey> SurveyAsync(ClusterConnection cluster, UpgradeWay way, string target, params string[] namespaces) => new()
    {
        Blue = await ClusterSurvey.BeginAsync(cluster, namespaces, Token, new ManualTime()),
        Target = TargetVersion.Parse(target),
        Way = way,
        System = new SystemCatalog().Whole.Description,
    };

    private static async Task<ReadinessCheck> RunAsync(UpgradeSurvey survey, string id)
    {
        await foreach (var check in ReadinessRunner.RunAsync(new CheckSelection([id], []).Of(UpgradeChecks.All, []), survey, NullReporter.Instance, Token))
            return check;
        throw new InvalidOperationException($"No check {id}.");
    }

    private static IReadOnlyList<string> Texts(ReadinessCheck check) => [.. check.Findings.Select(finding => finding.ToString())];

    private static string Node(string name, string kubelet) =>
        $$$"""{"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{name}}}"},"spec":{},"status":{"nodeInfo":{"kubeletVersion":"{{{kubelet}}}","architecture":"amd64","bootID":"b","containerRuntimeVersion":"containerd://1.7","kernelVersion":"6","kubeProxyVersion":"","machineID":"m","operatingSystem":"linux","osImage":"o","systemUUID":"u"} } }""";

    private static string Proxy(string name, string image) =>
        $$$"""{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"{{{name}}}","namespace":"kube-system"},"spec":{"selector":{"matchLabels":{"k8s-app":"{{{name}}}"} },"template":{"metadata":{"labels":{"k8s-app":"{{{name}}}"} },"spec":{"containers":[{"name":"kube-proxy","image":"{{{image}}}"}]} } } }""";

    private static string Part(string name, string component, string version) =>
        $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"kube-system","labels":{"tier":"control-plane","component":"{{{component}}}"}},"spec":{"containers":[{"name":"{{{component}}}","image":"registry.k8s.io/{{{component}}}:{{{version}}}"}]},"status":{"phase":"Running"}}""";

    private static string Budget(string ns, string name, string spec, int needed, int have, int allowed, int expected) =>
        $$$"""{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"},"spec":{{{spec}}},"status":{"observedGeneration":1,"desiredHealthy":{{{needed}}},"currentHealthy":{{{have}}},"disruptionsAllowed":{{{allowed}}},"expectedPods":{{{expected}}}}}""";

    private static string Service(string ns, string app) =>
        $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{app}}}","namespace":"{{{ns}}}"},"spec":{"selector":{"app":"{{{app}}}"},"ports":[{"port":80}]}}""";

    private static string Deployment(string ns, string app, int replicas, string container) =>
        $$$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{app}}}","namespace":"{{{ns}}}"},"spec":{"replicas":{{{replicas}}},"selector":{"matchLabels":{"app":"{{{app}}}"} },"template":{"metadata":{"labels":{"app":"{{{app}}}"} },"spec":{"containers":[{"name":"main","image":"i"{{{container}}} }]} } },"status":{"observedGeneration":1} }""";
}
