using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Health;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Readiness;

/// <summary>What each check finds in the objects of a namespace, or of a cluster.</summary>
public sealed class HealthChecksTests(SandboxFixture sandbox)
{
    private const string Template = """ "selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"i"}]}} """;
    private static int s_namespaces;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string[], ReadinessStatus, string[]> InNamespace => new()
    {
        { "WorkloadsAvailable", [], ReadinessStatus.NotApplicable, [] },
        { "WorkloadsAvailable", [Deployment("\"replicas\":2,", """ "replicas":2,"readyReplicas":2,"updatedReplicas":2 """)], ReadinessStatus.Passed, [] },
        { "WorkloadsAvailable", [Deployment("\"replicas\":3,", """ "readyReplicas":1,"updatedReplicas":3 """)], ReadinessStatus.Failed, ["Deployment NS/web: 1 of 3 pods are ready"] },
        { "WorkloadsAvailable", [Deployment("\"replicas\":3,", """ "readyReplicas":3,"updatedReplicas":2 """)], ReadinessStatus.Failed, ["Deployment NS/web: 2 of 3 pods are of the newest template"] },
        { "WorkloadsAvailable", [Deployment("\"replicas\":0,", "")], ReadinessStatus.Passed, [] },
        { "WorkloadsAvailable", [Deployment("\"replicas\":1,\"paused\":true,", """ "readyReplicas":1 """)], ReadinessStatus.Warning, ["Deployment NS/web: its rollout is paused"] },
        {
            "WorkloadsAvailable",
            [Deployment("\"replicas\":1,", """ "readyReplicas":1,"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"too late"}] """)],
            ReadinessStatus.Failed,
            ["Deployment NS/web: its rollout does not go on: ProgressDeadlineExceeded: too late"]
        },
        {
            "WorkloadsAvailable",
            [$$"""{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"NS"},"spec":{"replicas":3,"serviceName":"db","updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":2} },{{Template}} },"status":{"observedGeneration":1,"replicas":3,"readyReplicas":3,"updatedReplicas":1} }"""],
            ReadinessStatus.Passed, []
        },
        {
            "WorkloadsAvailable",
            [$$"""{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"agent","namespace":"NS"},"spec":{"updateStrategy":{"type":"OnDelete"},{{Template}} },"status":{"observedGeneration":1,"desiredNumberScheduled":3,"numberReady":2,"currentNumberScheduled":3,"numberMisscheduled":0} }"""],
            ReadinessStatus.Failed,
            ["DaemonSet NS/agent: 2 of 3 pods are ready"]
        },
        { "PodsRunning", [Pod("web", "Running", "")], ReadinessStatus.Passed, [] },
        { "PodsRunning", [Pod("old", "Failed", """ ,"reason":"Evicted" """)], ReadinessStatus.Warning, ["Pod NS/old: it has failed (Evicted), and nothing begins it again"] },
        {
            "PodsRunning",
            [Pod("web", "Running", """ ,"containerStatuses":[{"name":"c","image":"i","imageID":"","ready":false,"restartCount":7,"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off"}}}] """)],
            ReadinessStatus.Failed,
            ["Pod NS/web: the container c waits: CrashLoopBackOff: back-off (7 restarts)"]
        },
        {
            "PodsRunning",
            [Pod("web", "Pending", """ ,"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes"}] """)],
            ReadinessStatus.Failed,
            ["Pod NS/web: no node takes it: Unschedulable: 0/3 nodes"]
        },
        { "PodsRunning", [Pod("new", "Pending", "", "2026-01-15T11:59:00Z")], ReadinessStatus.Passed, [] },
        { "ServicesAnswer", [Service()], ReadinessStatus.Failed, ["Service NS/web: no endpoint is ready, and no workload's pods fit its selector"] },
        { "ServicesAnswer", [Service(), Deployment("\"replicas\":1,", "")], ReadinessStatus.Failed, ["Service NS/web: no endpoint is ready of Deployment NS/web"] },
        { "ServicesAnswer", [Service(), Deployment("\"replicas\":0,", "")], ReadinessStatus.Warning, ["Service NS/web: it has no endpoint, since Deployment NS/web wants no pods"] },
        { "ServicesAnswer", [Service(), Slice("{\"addresses\":[\"10.0.0.1\"],\"conditions\":{}}")], ReadinessStatus.Passed, [] },
        { "ServicesAnswer", [Service(), Slice("{\"addresses\":[\"10.0.0.1\"],\"conditions\":{\"ready\":false}}")], ReadinessStatus.Failed, ["Service NS/web: no endpoint is ready, and no workload's pods fit its selector"] },
        { "ServicesAnswer", [Service(""), Service("", "out", "ExternalName", ",\"externalName\":\"x.test\"")], ReadinessStatus.Passed, [] },
        { "ServicesAnswer", [Service("", "lb", "LoadBalancer")], ReadinessStatus.Failed, ["Service NS/lb: its load balancer has no address"] },
        {
            "IngressesHaveAddress",
            ["""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web","namespace":"NS"},"spec":{"defaultBackend":{"service":{"name":"web","port":{"number":80}}}}}"""],
            ReadinessStatus.Warning,
            ["Ingress NS/web: no controller has told an address"]
        },
        { "ClaimsBound", [Claim("Bound", "standard")], ReadinessStatus.Passed, [] },
        { "ClaimsBound", [Claim("Pending", "gone")], ReadinessStatus.Failed, ["PersistentVolumeClaim NS/data: no volume is bound to it, and there is no storage class gone"] },
        { "ClaimsBound", [Claim("Lost", "standard")], ReadinessStatus.Failed, ["PersistentVolumeClaim NS/data: its volume is gone"] },
    };

    [Theory]
    [MemberData(nameof(InNamespace))]
    public async Task A_check_finds_what_is_the_matter_and_nothing_else(string id, string[] objects, ReadinessStatus status, string[] findings)
    {
        var ns = $"health-{Interlocked.Increment(ref s_namespaces)}";
        sandbox.Host.Cluster("green").Seed(objects.Select(o => o.Replace("NS", ns, StringComparison.Ordinal)));
        await using var cluster = await sandbox.ConnectAsync("green");
        var survey = await ClusterSurvey.BeginAsync(cluster, [ns], Token, new ManualTime());
        var check = await RunAsync(survey, id);
        Assert.Equal(findings.Select(finding => finding.Replace("NS", ns, StringComparison.Ordinal)), check.Findings.Select(finding => finding.ToString()));
        Assert.Equal(status, check.Status);
    }

    [Fact]
    public async Task What_is_of_the_whole_cluster_is_looked_at_as_well()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33"));
        host.Cluster("blue").Seed(
        [
            Node("good", "", Condition("Ready", "True")),
            Node("away", "", Condition("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")),
            Node("full", "\"unschedulable\":true", Condition("Ready", "True") + "," + Condition("DiskPressure", "True", "KubeletHasDiskPressure", "no room")),
            """{"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"name":"v1beta1.metrics.k8s.io"},"spec":{"group":"metrics.k8s.io","version":"v1beta1","groupPriorityMinimum":100,"versionPriority":100,"service":{"namespace":"kube-system","name":"metrics"}},"status":{"conditions":[{"type":"Available","status":"False","reason":"MissingEndpoints","message":"none","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""",
            Webhook("strict", "Fail", "gone"),
            Webhook("lax", "Ignore", "gone"),
        ]);
        await using var cluster = await SandboxFixture.ConnectAsync(host, "blue");
        var survey = await ClusterSurvey.BeginAsync(cluster, [], Token, new ManualTime());
        Assert.Equal(
            [
                "Node away: it is not ready: NodeStatusUnknown: Kubelet stopped posting node status.",
                "Node full: DiskPressure: KubeletHasDiskPressure: no room",
                "Node full: it is cordoned: no pod comes to it",
            ], (await RunAsync(survey, "NodesReady")).Findings.Select(finding => finding.ToString()));
        Assert.Contains("APIService v1beta1.metrics.k8s.io: it is not available: MissingEndpoints: none", (await RunAsync(survey, "ApiServicesAvailable")).Findings.Select(finding => finding.ToString()));
        var webhooks = await RunAsync(survey, "WebhooksAnswer");
        Assert.Equal(ReadinessStatus.Failed, webhooks.Status);
        Assert.Equal(
            [
                "ValidatingWebhookConfiguration strict: the webhook strict.test.dev asks the Service hooks/gone, which is not there",
                "ValidatingWebhookConfiguration lax: the webhook lax.test.dev asks the Service hooks/gone, which is not there; objects are taken all the same (failurePolicy: Ignore)",
            ], webhooks.Findings.Select(finding => finding.ToString()));
        Assert.Equal("blue", webhooks.Cluster);
        Assert.NotNull(webhooks.ClusterUid);
    }

    [Fact]
    public async Task What_may_not_be_read_makes_one_check_unknown_and_names_the_right()
    {
        await using var cluster = await sandbox.ConnectAsync("blue-nobody");
        var checks = new List<ReadinessCheck>();
        var survey = await ClusterSurvey.BeginAsync(cluster, ["default"], Token);
        await foreach (var check in ReadinessRunner.RunAsync(HealthChecks.All, survey, NullReporter.Instance, Token))
            checks.Add(check);
        Assert.Equal(HealthChecks.All.Select(check => check.Rule.Id), checks.Select(check => check.Id));
        var workloads = checks.Single(check => check.Id == "WorkloadsAvailable");
        Assert.Equal((ReadinessStatus.Unknown, true), (workloads.Status, workloads.IsBlocking));
        Assert.Equal(FailureKind.PermissionDenied, workloads.Failure!.Kind);
        Assert.Contains("deployments", workloads.Message, StringComparison.Ordinal);
        Assert.False(checks.Single(check => check.Id == "IngressesHaveAddress").IsBlocking);
        Assert.Equal(ReadinessStatus.NotApplicable, checks.Single(check => check.Id == "NodesReady").Status);
    }

    [Fact]
    public async Task The_rights_of_a_viewer_are_enough()
    {
        await using var cluster = await sandbox.ConnectAsync("blue-viewer");
        var survey = await ClusterSurvey.BeginAsync(cluster, [], Token);
        await foreach (var check in ReadinessRunner.RunAsync(HealthChecks.All, survey, NullReporter.Instance, Token))
            Assert.True(check.Failure is null, check.Message);
    }

    [Theory]
    [InlineData(new[] { "Nodes*" }, new string[0], "NodesReady", null)]
    [InlineData(new[] { "*Ready", "podsrunning" }, new[] { "Nodes?eady" }, "PodsRunning,ResourcesReady", null)]
    [InlineData(new[] { "NodeReady" }, new string[0], null, "UnknownCheck")]
    [InlineData(new[] { "NodesReady" }, new[] { "*" }, null, "NoCheckLeft")]
    [InlineData(new[] { "NodesReady", "OfAnother" }, new string[0], "NodesReady", null)]
    [InlineData(new[] { "OfAnother" }, new string[0], null, "NoCheckLeft")]
    [InlineData(new[] { "*Ready" }, new[] { "NodesReady:Node gone", "OfAnother:*" }, "NodesReady,ResourcesReady", null)]
    [InlineData(new string[0], new[] { "NodeReady:Node gone" }, null, "UnknownCheck")]
    public void Checks_are_chosen_by_their_ids(string[] include, string[] exclude, string? ids, string? error)
    {
        var selection = new CheckSelection(include, exclude);
        if (error is not null)
            Assert.Equal(error, Assert.Throws<UpgradeException>(() => selection.Of(HealthChecks.All, ["OfAnother"])).Failure.Id);
        else
            Assert.Equal(ids, string.Join(',', selection.Of(HealthChecks.All, ["OfAnother"]).Select(check => check.Rule.Id)));
    }

    private static async Task<ReadinessCheck> RunAsync(ClusterSurvey survey, string id)
    {
        await foreach (var check in ReadinessRunner.RunAsync(new CheckSelection([id], []).Of(HealthChecks.All, []), survey, NullReporter.Instance, Token))
            return check;
        throw new InvalidOperationException($"No check {id}.");
    }

    private static string Deployment(string spec, string status) =>
        $$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"NS"},"spec":{ {{spec}}{{Template}} },"status":{"observedGeneration":1{{(status.Length > 0 ? "," : "")}}{{status}} } }""";

    private static string Pod(string name, string phase, string status, string created = "2026-01-01T11:00:00Z") =>
        $$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{name}}","namespace":"NS","creationTimestamp":"{{created}}"},"spec":{"containers":[{"name":"c","image":"i"}]},"status":{"phase":"{{phase}}"{{status}} } }""";

    private static string Service(string selector = "\"selector\":{\"app\":\"web\"},", string name = "web", string type = "ClusterIP", string more = "") =>
        $$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{name}}","namespace":"NS"},"spec":{ {{selector}}"type":"{{type}}","ports":[{"port":80}]{{more}} } }""";

    private static string Slice(string endpoint) =>
        $$"""{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"web-1","namespace":"NS","labels":{"kubernetes.io/service-name":"web"} },"addressType":"IPv4","endpoints":[{{endpoint}}]}""";

    private static string Claim(string phase, string storageClass) =>
        $$"""{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"NS"},"spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"{{storageClass}}","resources":{"requests":{"storage":"1Gi"} } },"status":{"phase":"{{phase}}"} }""";

    private static string Node(string name, string spec, string conditions) =>
        $$"""{"apiVersion":"v1","kind":"Node","metadata":{"name":"{{name}}"},"spec":{ {{spec}} },"status":{"conditions":[{{conditions}}]} }""";

    private static string Condition(string type, string status, string reason = "", string message = "") =>
        $$"""{"type":"{{type}}","status":"{{status}}","reason":"{{reason}}","message":"{{message}}"}""";

    private static string Webhook(string name, string policy, string service) =>
        $$"""{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"{{name}}"},"webhooks":[{"name":"{{name}}.test.dev","failurePolicy":"{{policy}}","sideEffects":"None","admissionReviewVersions":["v1"],"clientConfig":{"service":{"namespace":"hooks","name":"{{service}}"} },"rules":[{"operations":["CREATE"],"apiGroups":["none.test.dev"],"apiVersions":["v1"],"resources":["nothings"]}]}]}""";
}
