using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Health;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Readiness;

/// <summary>What the checks of a whole cluster find, each in a cluster of its own.</summary>
public sealed class ClusterHealthCasesTests
{
    private const string Backed = """{"apiVersion":"v1","kind":"Service","metadata":{"name":"judge","namespace":"hooks"},"spec":{"ports":[{"port":443}]}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The check, what the cluster has, how it comes out, and what it finds.</summary>
    public static TheoryData<string, string[], ReadinessStatus, string[]> Cases => new()
    {
        { "DefinitionsEstablished", [], ReadinessStatus.NotApplicable, [] },
        { "DefinitionsEstablished", [Definition("carts", "Cart")], ReadinessStatus.Passed, [] },
        {
            "DefinitionsEstablished", [Definition("carts", "Cart"), Definition("wagons", "Cart")], ReadinessStatus.Failed,
            [
                "CustomResourceDefinition wagons.shop.example: Established is False: NotAccepted: not all names are accepted",
                "CustomResourceDefinition wagons.shop.example: NamesAccepted is False: KindConflict: \"Cart\" is already in use",
            ]
        },
        {
            "DefinitionsEstablished", [Definition("carts", "Cart", "\"deletionTimestamp\":\"2026-01-15T11:00:00Z\",\"finalizers\":[\"test.dev/kept\"],")], ReadinessStatus.Failed,
            ["CustomResourceDefinition carts.shop.example: it is being deleted, and its objects with it"]
        },
        { "WebhooksAnswer", [], ReadinessStatus.NotApplicable, [] },
        { "WebhooksAnswer", [Webhook("\"url\":\"https://judge.example\"")], ReadinessStatus.NotApplicable, [] },
        {
            "WebhooksAnswer", [Webhook("\"service\":{\"namespace\":\"hooks\",\"name\":\"judge\"}"), Backed], ReadinessStatus.Failed,
            ["ValidatingWebhookConfiguration judge: the webhook judge.test.dev asks the Service hooks/judge, which has no endpoint that is ready"]
        },
        { "WebhooksAnswer", [Webhook("\"service\":{\"namespace\":\"hooks\",\"name\":\"judge\"}"), Backed, Slice()], ReadinessStatus.Passed, [] },
        { "NodesReady", [Node("""{"type":"Ready","status":"True"}""")], ReadinessStatus.Passed, [] },
        { "NodesReady", [Node("")], ReadinessStatus.Failed, ["Node n: its kubelet has not told that it is ready"] },
        { "ApiServicesAvailable", [], ReadinessStatus.NotApplicable, [] },
        { "ApiServicesAvailable", [ApiService("")], ReadinessStatus.Failed, ["APIService v1.metrics.example: nobody has told that it is available"] },
        { "ClaimsBound", [StorageClass("WaitForFirstConsumer"), Claim()], ReadinessStatus.Warning, ["PersistentVolumeClaim shop/data: it waits for a pod that wants it, as its storage class disk has it"] },
        { "ClaimsBound", [StorageClass("WaitForFirstConsumer"), Claim(), Pod()], ReadinessStatus.Failed, ["PersistentVolumeClaim shop/data: no volume is bound to it"] },
        { "ClaimsBound", [StorageClass("Immediate"), Claim()], ReadinessStatus.Failed, ["PersistentVolumeClaim shop/data: no volume is bound to it"] },
        { "IngressesHaveAddress", [Ingress("""{"loadBalancer":{"ingress":[{"hostname":"lb.example"}]}}""")], ReadinessStatus.Passed, [] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_check_finds_what_is_the_matter_and_nothing_else(string id, string[] objects, ReadinessStatus status, string[] findings)
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33"));
        host.Cluster("blue").Seed(objects);
        await using var cluster = await SandboxFixture.ConnectAsync(host, "blue");
        var check = await UntilAsync(cluster, id, status);
        Assert.Equal(findings, check.Findings.Select(finding => finding.ToString()));
        Assert.Equal(status, check.Status);
    }

    [Fact]
    public async Task What_custom_resources_say_of_themselves_counts_by_the_conditions_that_everybody_knows()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33"));
        await using var cluster = await SandboxFixture.ConnectAsync(host, "blue");
        Assert.Equal(ReadinessStatus.NotApplicable, (await RunAsync(cluster, "ResourcesReady")).Status);
        host.Cluster("blue").Seed([Definition("carts", "Cart")]);
        await UntilAsync(cluster, "DefinitionsEstablished", ReadinessStatus.Passed);
        host.Cluster("blue").Seed(
        [
            Cart("silent", ""), Cart("ready", Condition("Ready", "True")), Cart("undecided", Condition("Ready", "Unknown")), Cart("own", Condition("Sold", "False")), Cart("done", Condition("Stalled", "False")),
            Cart("odd", "\"Ready\",{\"type\":7,\"status\":\"False\"}"),
            Cart("going", Condition("Ready", "False"), "\"deletionTimestamp\":\"2026-01-15T11:00:00Z\",\"finalizers\":[\"test.dev/kept\"],"),
        ]);
        var well = await RunAsync(cluster, "ResourcesReady");
        Assert.Equal((ReadinessStatus.Passed, "7 custom resources"), (well.Status, well.Examined));
        host.Cluster("blue").Seed([Cart("broken", Condition("Ready", "False")), Cart("stuck", Condition("Stalled", "True")), Cart("ill", Condition("Healthy", "False")), Cart("lost", Condition("Degraded", "True"))]);
        var check = await RunAsync(cluster, "ResourcesReady");
        Assert.Equal(
            [
                "Cart shop/broken: Ready is False: why: in words",
                "Cart shop/ill: Healthy is False: why: in words",
                "Cart shop/lost: Degraded is True: why: in words",
                "Cart shop/stuck: Stalled is True: why: in words",
            ],
            check.Findings.Select(finding => finding.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal((ReadinessStatus.Warning, false), (check.Status, check.IsBlocking));
    }

    // Definitions are accepted a moment after they come.
    private static async Task<ReadinessCheck> UntilAsync(ClusterConnection cluster, string id, ReadinessStatus status)
    {
        ReadinessCheck check = null!;
        await Eventually.TrueAsync(
            async () =>
            {
                check = await RunAsync(cluster, id);
                return check.Status == status && !check.Findings.Any(finding => finding.Message.EndsWith("yet", StringComparison.Ordinal));
            },
            $"{id} is {status}",
            Token);
        return check;
    }

    private static async Task<ReadinessCheck> RunAsync(ClusterConnection cluster, string id)
    {
        var survey = await ClusterSurvey.BeginAsync(cluster, [], Token, new ManualTime());
        await foreach (var check in ReadinessRunner.RunAsync(new CheckSelection([id], []).Of(HealthChecks.All, []), survey, NullReporter.Instance, Token))
            return check;
        throw new InvalidOperationException($"No check {id}.");
    }

    private static string Definition(string plural, string kind, string metadata = "") =>
        $$$"""{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{ {{{metadata}}}"name":"{{{plural}}}.shop.example"},"spec":{"group":"shop.example","scope":"Namespaced","names":{"plural":"{{{plural}}}","singular":"{{{plural[..^1]}}}","kind":"{{{kind}}}","listKind":"{{{kind}}}List"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } }]} }""";

    private static string Cart(string name, string conditions, string metadata = "") =>
        $$$"""{"apiVersion":"shop.example/v1","kind":"Cart","metadata":{ {{{metadata}}}"name":"{{{name}}}","namespace":"shop"},"status":{"conditions":[{{{conditions}}}]} }""";

    private static string Condition(string type, string status) => $$"""{"type":"{{type}}","status":"{{status}}","reason":"why","message":"in words"}""";

    private static string Webhook(string client) =>
        $$$"""{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"judge"},"webhooks":[{"name":"judge.test.dev","failurePolicy":"Fail","sideEffects":"None","admissionReviewVersions":["v1"],"clientConfig":{ {{{client}}} },"rules":[]}]}""";

    private static string Slice() =>
        """{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"judge-1","namespace":"hooks","labels":{"kubernetes.io/service-name":"judge"}},"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"conditions":{"ready":true}}]}""";

    private static string Node(string conditions) => $$"""{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"},"spec":{},"status":{"conditions":[{{conditions}}]} }""";

    private static string ApiService(string conditions) =>
        $$$"""{"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"name":"v1.metrics.example"},"spec":{"group":"metrics.example","version":"v1","groupPriorityMinimum":100,"versionPriority":100,"service":{"namespace":"hooks","name":"judge"} },"status":{"conditions":[{{{conditions}}}]} }""";

    private static string StorageClass(string binding) =>
        $$"""{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"disk"},"provisioner":"disk.example","volumeBindingMode":"{{binding}}"}""";

    private static string Claim() =>
        """{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"shop"},"spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"disk","resources":{"requests":{"storage":"1Gi"}}},"status":{"phase":"Pending"}}""";

    private static string Pod() =>
        """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop"},"spec":{"containers":[{"name":"c","image":"i"}],"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"data"}}]},"status":{"phase":"Pending"}}""";

    private static string Ingress(string status) =>
        $$$"""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web","namespace":"shop"},"spec":{"defaultBackend":{"service":{"name":"web","port":{"number":80} } } },"status":{{{status}}} }""";
}
