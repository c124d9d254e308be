using System.Text;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Systems.Kubeflow.Health;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Rehearsal.Content;
using KonUpgrade.Sandbox.Api.BackEnds;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Systems;

/// <summary>What the checks of the systems find.</summary>
public sealed class SystemHealthTests
{
    private const string Held = "\"annotations\":{\"konupgrade.dev/held\":\"{}\"}";
    private static readonly SystemCatalog s_catalog = new(new SystemServices { Roles = null });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_check_has_an_id_of_its_own()
    {
        var ids = SystemChecks.Health(s_catalog.Descriptions).Select(check => check.Rule.Id).ToList();
        Assert.Equal(ids.Distinct(StringComparer.OrdinalIgnoreCase), ids);
        Assert.Contains("AppTargetsRunning", ids);
        Assert.Contains("ModelsReady", ids);
    }

    [Fact]
    public void A_check_of_ones_own_with_the_id_of_another_is_refused()
    {
        var own = Description("health:\n- {id: nodesREADY, title: t, remedy: r, namespaces: [a]}\n".Replace("nodesREADY", "NodesREADY", StringComparison.Ordinal));
        Assert.Equal("CheckNameTaken", Assert.Throws<UpgradeException>(() => new SystemCatalog(new SystemServices { Roles = null }, own)).Failure.Id);
    }

    [Fact]
    public async Task Targets_run_the_release_that_they_should()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33"));
        host.Cluster("blue").Seed(KonstellationCrds.All.Select(crd => crd.Json));
        await using var cluster = await SandboxFixture.ConnectAsync(host, "blue");
        Assert.Equal((ReadinessStatus.NotApplicable, ""), await RunAsync(cluster, "Konstellation", "AppTargetsRunning"));

        host.Cluster("blue").Seed([Target("good", "", "running", "r1", "r1", 2, 2), Target("off", "halt", "halted", "", "", 0, 0)]);
        Assert.Equal((ReadinessStatus.Passed, ""), await RunAsync(cluster, "Konstellation", "AppTargetsRunning"));

        host.Cluster("blue").Seed(
        [
            Target("new", "latest", "", "", "", 0, 0), Target("begins", "latest", "deploying", "r1", "r2", 2, 2), Target("none", "latest", "running", "", "", 0, 0),
            Target("other", "latest", "running", "r1", "r2", 2, 2), Target("few", "latest", "running", "r1", "r1", 3, 1), Target("least", "latest", "running", "r1", "r1", 1, 1),
            $$"""{"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"off",{{Held}} },"spec":{"image":"i"} }""",
        ]);
        Assert.Equal(
            (ReadinessStatus.Failed, """
            AppTarget begins-production: its phase is deploying
            AppTarget few-production: 1 of 3 instances are available
            AppTarget least-production: 1 instances are wanted, and 2 is the least
            AppTarget new-production: the operator has not looked at it
            AppTarget none-production: no release of it is active
            AppTarget off-production: it is halted, since App off is held
            AppTarget other-production: it runs r1, and should run r2
            """), await RunAsync(cluster, "Konstellation", "AppTargetsRunning"));
        Assert.Equal((ReadinessStatus.NotApplicable, ""), await RunAsync(cluster, "Konstellation", "AppTargetsRunning", "shop"));
    }

    [Fact]
    public async Task A_Kubeflow_tells_of_its_parts_and_of_what_its_users_have()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33"));
        // Without the controllers' Deployments nothing but this test tells what there is.
        host.Cluster("blue").Seed(KubeflowCrds.All.Select(crd => crd.Json));
        host.Cluster("blue").Seed(
        [
            Namespace("kubeflow"), Namespace("istio-system"), Namespace("anna"), Namespace("bert"), Namespace("carl"),
            Deployment("kubeflow", "ml-pipeline", 1, 1), Deployment("kubeflow", "held", 0, 0, Held), Deployment("kubeflow", "off", 0, 0), Deployment("istio-system", "istiod", 2, 1), Deployment("anna", "own", 1, 0),
            Profile("anna", """{"type":"Failed","message":"once"},{"type":"Successful"}"""), Profile("bert", ""), Profile("carl", """{"type":"Failed","message":"not the owner's"}"""), Profile("dora", """{"type":"Successful"}"""),
            Of("kubeflow.org/v1", "Notebook", "good", "", "\"readyReplicas\":1"), Of("kubeflow.org/v1", "Notebook", "bad", "", "\"readyReplicas\":0"), Of("kubeflow.org/v1", "Notebook", "new", "", ""),
            Of("kubeflow.org/v1", "Notebook", "stopped", "\"annotations\":{\"kubeflow-resource-stopped\":\"2026-01-01T00:00:00Z\"}", "\"readyReplicas\":0"),
            Of("kubeflow.org/v1", "Notebook", "held", Held, ""),
            Of("serving.kserve.io/v1beta1", "InferenceService", "good", "", """ "conditions":[{"type":"Ready","status":"True"}] """),
            Of("serving.kserve.io/v1beta1", "InferenceService", "bad", "", """ "conditions":[{"type":"Ready","status":"False","reason":"PredictorNotReady","message":"no pod"}] """),
            Of("serving.kserve.io/v1beta1", "InferenceService", "new", "", ""),
        ]);
        await using var cluster = await SandboxFixture.ConnectAsync(host, "blue");
        Assert.Equal(
            (ReadinessStatus.Failed, """
            Deployment istio-system/istiod: 1 of 2 pods are ready
            Deployment kubeflow/held: it is held, and does not run
            Deployment kubeflow/off: it wants no pods, and does not run
            Namespace auth: nothing runs in it, or it is not there
            Namespace cert-manager: nothing runs in it, or it is not there
            Namespace knative-serving: nothing runs in it, or it is not there
            """), await RunAsync(cluster, "KubeflowAws", "KubeflowAvailable"));
        Assert.Equal(
            (ReadinessStatus.Failed, """
            Profile carl: it is Failed: not the owner's
            Profile dora: there is no namespace dora, which its controller should have made
            """), await RunAsync(cluster, "KubeflowAws", "ProfilesReady"));
        Assert.Equal(
            (ReadinessStatus.Failed, """
            Notebook anna/bad: its status.readyReplicas is 0, and not 1
            Notebook anna/held: it is held, and does not run
            Notebook anna/new: its status.readyReplicas is not told, and not 1
            """), await RunAsync(cluster, "KubeflowAws", "NotebooksReady"));
        Assert.Equal(
            (ReadinessStatus.Failed, """
            InferenceService anna/bad: Ready is False: PredictorNotReady: no pod
            InferenceService anna/new: nobody has told that it is Ready
            """), await RunAsync(cluster, "KubeflowAws", "ModelsReady"));
        Assert.Equal((ReadinessStatus.NotApplicable, ""), await RunAsync(cluster, "KubeflowAws", "KubeflowAvailable", "anna"));
        Assert.Equal((ReadinessStatus.NotApplicable, ""), await RunAsync(cluster, "KubeflowAws", "ModelsReady", "bert"));
    }

    [Fact]
    public async Task A_Kubeflow_answers_at_its_gateway_and_at_the_pipelines()
    {
        var plane = new DataPlaneSettings { Speed = 0, ReadyAfter = TimeSpan.Zero };
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33") { DataPlane = plane });
        var blue = host.Cluster("blue");
        await using var cluster = await SandboxFixture.ConnectAsync(host, "blue");
        Assert.Equal((ReadinessStatus.Failed, "Service istio-system/istio-ingressgateway: it is not there, or nobody keeps its endpoints"), await RunAsync(cluster, new DashboardAnswersCheck()));
        Assert.Equal((ReadinessStatus.Failed, "Service kubeflow/ml-pipeline: it is not there, or nobody keeps its endpoints"), await RunAsync(cluster, new PipelinesAnswerCheck()));

        blue.Seed([Service("istio-system", "istio-ingressgateway", 80), Deployment("istio-system", "istio-ingressgateway", 1, 0), Service("kubeflow", "ml-pipeline", 8887), Deployment("kubeflow", "ml-pipeline", 1, 0)]);
        await blue.DataPlane!.SettleAsync(Token);
        Assert.Equal((ReadinessStatus.Failed, "Service istio-system/istio-ingressgateway: no endpoint of it is ready"), await RunAsync(cluster, new DashboardAnswersCheck()));
        Assert.Equal((ReadinessStatus.Failed, "Service kubeflow/ml-pipeline: it has no port 8888"), await RunAsync(cluster, new PipelinesAnswerCheck()));

        blue.Patch("v1", "Service", "kubeflow", "ml-pipeline", """{"spec":{"ports":[{"name":"http","port":8888}]} }""", "kubectl");
        await blue.DataPlane.AddNodeAsync(new NodeShape { Name = "n1" }, Token);
        await blue.DataPlane.AdvanceAsync(TimeSpan.FromMinutes(1), Token);
        Assert.Equal((ReadinessStatus.Passed, ""), await RunAsync(cluster, "KubeflowAws", "DashboardAnswers"));
        Assert.Equal((ReadinessStatus.Passed, ""), await RunAsync(cluster, "KubeflowAws", "PipelinesAnswer"));
        Assert.Equal((ReadinessStatus.NotApplicable, ""), await RunAsync(cluster, "KubeflowAws", "PipelinesAnswer", "anna"));

        foreach (var (given, dashboard, pipelines) in new (BackEnd, string, string)[]
        {
            (Answer("") with { Status = 500 }, "it answered HTTP 500", "it answered HTTP 500 to /apis/v2beta1/healthz"),
            (Answer("") with { Status = 404 }, "it answered HTTP 404", "it knows neither /apis/v2beta1/healthz nor /apis/v1beta1/healthz"),
            (Answer("") with { Hangs = true }, "it did not answer within 0.3 s", "it did not answer within 0.3 s"),
        })
        {
            blue.PutBackEnd(given with { Namespace = "istio-system", Service = "istio-ingressgateway" });
            blue.PutBackEnd(given);
            var soon = given.Hangs ? TimeSpan.FromMilliseconds(300) : TimeSpan.FromMinutes(1);
            Assert.Equal((ReadinessStatus.Failed, "Service istio-system/istio-ingressgateway: " + dashboard), await RunAsync(cluster, new DashboardAnswersCheck(soon)));
            Assert.Equal((ReadinessStatus.Failed, "Service kubeflow/ml-pipeline: " + pipelines), await RunAsync(cluster, new PipelinesAnswerCheck(soon)));
            blue.ClearBackEnds();
        }

        // One of before 2.0, and a gateway that wants to know first who comes.
        blue.PutBackEnd(Answer("/apis/v2beta1/healthz") with { Status = 404 });
        blue.PutBackEnd(new BackEnd { Namespace = "istio-system", Service = "istio-ingressgateway", Status = 403 });
        Assert.Equal((ReadinessStatus.Passed, ""), await RunAsync(cluster, new PipelinesAnswerCheck()));
        Assert.Equal(
            (ReadinessStatus.Warning, "Service istio-system/istio-ingressgateway: it answered HTTP 403, which turns away who has no login; the dashboard was not seen"), await RunAsync(cluster, new DashboardAnswersCheck()));

        static BackEnd Answer(string path) => new() { Namespace = "kubeflow", Service = "ml-pipeline", Path = path.Length > 0 ? path : null };
    }

    [Fact]
    public async Task Whether_a_Kubeflow_answers_is_unknown_to_who_may_not_ask()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33"));
        await using var cluster = await SandboxFixture.ConnectAsync(host, "blue-viewer");
        var survey = await ClusterSurvey.BeginAsync(cluster, [], Token);
        var checks = await ReadinessRunner.RunAsync<ClusterSurvey>([new DashboardAnswersCheck(), new PipelinesAnswerCheck()], survey, NullReporter.Instance, Token).ToListAsync(Token);
        Assert.All(checks, check =>
        {
            Assert.Equal((ReadinessStatus.Unknown, "Forbidden", true), (check.Status, check.Failure?.Id, check.IsBlocking));
            Assert.Contains("cannot get resource \"services/proxy\" in API group \"\" in the namespace", check.Message, StringComparison.Ordinal);
            Assert.Equal("Grant the login the right that the message names, or use another context.", check.Remedy);
        });
    }

    [Fact]
    public async Task A_system_of_ones_own_has_checks_of_its_own()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33"));
        host.Cluster("blue").Seed([Namespace("apps"), """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"state","namespace":"apps"},"data":{"state":"filling","more":"x"} }"""]);
        await using var cluster = await SandboxFixture.ConnectAsync(host, "blue");
        const string Check = "health:\n- {id: Filled, title: t, remedy: Wait., severity: Advisory, kinds: [ConfigMap], fields: {data.state: [full, 'over*']}, unless: [\"data['ca.crt']\", data.UNLESS]}\n- {id: Gone, title: t, remedy: r, kinds: [Gone.example.com], conditions: {Ready: 'True'}}\n";

        var own = Description(Check);
        Assert.Equal((ReadinessStatus.Warning, "ConfigMap apps/state: its data.state is filling, and not full or over*"), await RunAsync(cluster, own, "Filled", "apps"));
        Assert.Equal((ReadinessStatus.NotApplicable, ""), await RunAsync(cluster, own, "Gone"));
        Assert.Equal((ReadinessStatus.Passed, ""), await RunAsync(cluster, Description(Check.Replace("UNLESS", "more", StringComparison.Ordinal)), "Filled", "apps"));
    }

    private static Task<(ReadinessStatus, string)> RunAsync(ClusterConnection cluster, string system, string id, params string[] namespaces) =>
        RunAsync(cluster, s_catalog.Get(system).Description, id, namespaces);

    private static Task<(ReadinessStatus, string)> RunAsync(ClusterConnection cluster, SystemDescription system, string id, params string[] namespaces) =>
        RunAsync(cluster, new CheckSelection([id], []).Of(SystemChecks.HealthOf(system), [])[0], namespaces);

    private static async Task<(ReadinessStatus, string)> RunAsync(ClusterConnection cluster, IReadinessCheck<ClusterSurvey> one, params string[] namespaces)
    {
        var survey = await ClusterSurvey.BeginAsync(cluster, namespaces, Token);
        await foreach (var check in ReadinessRunner.RunAsync([one], survey, NullReporter.Instance, Token))
        {
            Assert.Null(check.Failure);
            return (check.Status, string.Join(Environment.NewLine, check.Findings.Select(finding => finding.ToString()).Order(StringComparer.Ordinal)));
        }
        throw new InvalidOperationException("No check came out.");
    }

    private static SystemDescription Description(string part) =>
        SystemDescription.Load(Encoding.UTF8.GetBytes($"apiVersion: konupgrade.dev/v1\nkind: UpgradeSystem\nmetadata: {{name: Own}}\ntitle: x\n{part}"), "own.yaml");

    private static string Target(string app, string mode, string phase, string active, string target, int desired, int available) => $$"""
        {"apiVersion":"k11n.dev/v1alpha1","kind":"AppTarget","metadata":{"name":"{{app}}-production"},"spec":{"app":"{{app}}","target":"production","build":"b","deployMode":"{{mode}}","scale":{"min":{{(app == "least" ? 2 : 0)}},"max":9} },
        "status":{"phase":"{{phase}}","activeRelease":"{{active}}","targetRelease":"{{target}}","numDesired":{{desired}},"numReady":{{available}},"numAvailable":{{available}} } }
        """;

    private static string Namespace(string name) => $$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{name}}"} }""";

    private static string Deployment(string ns, string name, int wanted, int ready, string metadata = "\"labels\":{}") => $$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{name}}","namespace":"{{ns}}",{{metadata}} },"spec":{"replicas":{{wanted}},"selector":{"matchLabels":{"app":"{{name}}"} },
        "template":{"metadata":{"labels":{"app":"{{name}}"} },"spec":{"containers":[{"name":"c","image":"i"}]} } },"status":{"observedGeneration":1,"updatedReplicas":{{wanted}},"readyReplicas":{{ready}} } }
        """;

    private static string Service(string ns, string name, int port) =>
        $$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{name}}","namespace":"{{ns}}"},"spec":{"selector":{"app":"{{name}}"},"ports":[{"name":"http","port":{{port}}}]} }""";

    private static string Profile(string name, string conditions) =>
        $$"""{"apiVersion":"kubeflow.org/v1","kind":"Profile","metadata":{"name":"{{name}}"},"spec":{"owner":{"kind":"User","name":"{{name}}"} },"status":{"conditions":[{{conditions}}]} }""";

    private static string Of(string apiVersion, string kind, string name, string metadata, string status) =>
        $$"""{"apiVersion":"{{apiVersion}}","kind":"{{kind}}","metadata":{"name":"{{name}}","namespace":"anna"{{(metadata.Length > 0 ? "," : "")}}{{metadata}} },"spec":{"template":{"spec":{"containers":[]} },"predictor":{} },"status":{ {{status}} } }""";
}
