using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using static KonUpgrade.Engine.Tests.Configuration.ImportScene;

namespace KonUpgrade.Engine.Tests.Configuration.Importing.Target;

/// <summary>What an import waits for on its target, and what it does meanwhile.</summary>
public sealed class ImportWaitTests
{
    private const string Judge = """{"apiVersion":"v1","kind":"Service","metadata":{"name":"judge","namespace":"judges"},"spec":{"ports":[{"port":443}],"selector":{"app":"judge"}}}""";

    private const string Endpoint =
        """
        {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"judge-1","namespace":"judges","labels":{"kubernetes.io/service-name":"judge"}},
         "addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"conditions":{"ready":true}}],"ports":[{"port":443}]}
        """;

    private const string JudgeDeployment =
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"judge","namespace":"judges"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"judge"}},
         "template":{"metadata":{"labels":{"app":"judge","more":"yes"}},"spec":{"containers":[{"name":"x","image":"x"}]}}}}
        """;

    private const string Ingress =
        """{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web","namespace":"shop"},"spec":{"defaultBackend":{"service":{"name":"web","port":{"number":80}}}}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_webhook_judges_waits_for_its_back_end_while_the_rest_of_the_position_arrives()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { ThrottleLimit = 1, Timeout = TimeSpan.FromSeconds(60) };
        scene.Host.Cluster("green").Seed([Judge, Webhook("configmaps", "\"objectSelector\":{\"matchLabels\":{\"judged\":\"yes\"}}")]);
        scene.Manifests.Add(Namespace("shop"));
        for (var i = 0; i < 8; i++)
            scene.Manifests.Add(ConfigMap("shop", $"judged-{i}", more: ",\"labels\":{\"judged\":\"yes\"}"));
        // What the back end itself needs comes after all that it judges.
        scene.Manifests.Add(ConfigMap("shop", "settings-of-the-judge"));
        var changes = new List<ClusterConfigChange>();
        await foreach (var change in scene.Importer().RunAsync(Token))
        {
            changes.Add(change);
            if (change.Name == "settings-of-the-judge")
            {
                Assert.Equal(2, changes.Count);
                scene.Host.Cluster("green").Seed([Endpoint]);
            }
        }
        Assert.Equal(10, changes.Count);
        Assert.All(changes, c => Assert.Equal((c.Name, ClusterConfigChangeAction.Created), (c.Name, c.Action)));
    }

    [Fact]
    public async Task A_webhook_with_conditions_is_not_waited_for()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Timeout = TimeSpan.FromMilliseconds(300) };
        scene.Host.Cluster("green").Seed([Judge, Webhook("configmaps", """ "matchConditions":[{"name":"not-ours","expression":"request.userInfo.username != 'admin'"}]""")]);
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "c"));
        Assert.All(await scene.ImportAsync(), c => Assert.Equal(ClusterConfigChangeAction.Created, c.Action));
    }

    [Fact]
    public async Task A_namespace_is_judged_by_its_own_labels()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Timeout = TimeSpan.FromMilliseconds(300) };
        scene.Host.Cluster("green").Seed([
            Judge,
            Webhook("namespaces", """ "namespaceSelector":{"matchExpressions":[{"key":"judged","operator":"Exists"},{"key":"kubernetes.io/metadata.name","operator":"NotIn","values":["free"]}]}"""),
        ]);
        static string Labelled(string name) => Namespace(name).Replace("\"metadata\":{", "\"metadata\":{\"labels\":{\"judged\":\"yes\"},", StringComparison.Ordinal);
        scene.Manifests.Add(Namespace("plain")).Add(Labelled("shop")).Add(Labelled("free"));
        var changes = (await scene.ImportAsync()).ToDictionary(c => c.Name);
        Assert.Equal(ClusterConfigChangeAction.Created, changes["plain"].Action);
        Assert.Equal(ClusterConfigChangeAction.Created, changes["free"].Action);
        Assert.Equal("WebhookBackEndNotReady", changes["shop"].Failure?.Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_version_that_a_webhook_converts_waits_for_the_webhook(bool comes)
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Timeout = comes ? TimeSpan.FromSeconds(60) : TimeSpan.FromMilliseconds(300) };
        scene.Host.Cluster("green").Seed([Judge, Converted()]);
        scene.Manifests.Add(Namespace("shop")).Add(Widget("shop", "old")).Add(Widget("shop", "new").Replace("shop.example/v1", "shop.example/v2", StringComparison.Ordinal));
        var changes = new Dictionary<string, ClusterConfigChange>();
        await foreach (var change in scene.Importer().RunAsync(Token))
        {
            changes.Add(change.Name, change);
            if (comes && change.Name == "new")
                scene.Host.Cluster("green").Seed([Endpoint]);
        }
        Assert.Equal(ClusterConfigChangeAction.Created, changes["new"].Action);
        Assert.Equal(comes ? null : "WebhookBackEndNotReady", changes["old"].Failure?.Id);
        if (!comes)
            Assert.Contains("conversion from v1 to v2", changes["old"].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_back_end_that_could_not_be_looked_at_once_is_looked_at_again_for_the_next_object()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Judge, Endpoint, Webhook("configmaps\",\"deployments"), Namespace("shop")]);
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "get", Resource = "services", Reason = "Forbidden", Message = "services is forbidden" });
        scene.Manifests.Add(ConfigMap("shop", "first")).Add(
            """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"second","namespace":"shop"},"spec":{"selector":{"matchLabels":{"a":"b"}},
             "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"x","image":"x"}]}}}}
            """);
        var changes = (await scene.ImportAsync()).ToDictionary(c => c.Name);
        Assert.Equal("Forbidden", changes["first"].Failure?.Id);
        Assert.Equal(ClusterConfigChangeAction.Created, changes["second"].Action);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_definition_is_waited_for_also_where_it_may_not_be_watched(bool mayBeRead)
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(Definition()).Add(Widget("shop", "w"));
        foreach (var verb in mayBeRead ? ["list", "watch"] : new[] { "list", "watch", "get" })
        {
            scene.Host.Faults.Add(new SandboxFault
            {
                Kind = FaultKind.Refuse,
                Verb = verb,
                Resource = "customresourcedefinitions",
                Reason = "Forbidden",
                Message = "customresourcedefinitions is forbidden",
                Count = null,
            });
        }
        var changes = (await scene.ImportAsync()).ToDictionary(c => c.Kind);
        // It is there, which its UID says, also where nobody can tell whether it is served.
        Assert.NotNull(changes["CustomResourceDefinition"].Uid);
        Assert.Equal(mayBeRead ? ClusterConfigChangeAction.Created : ClusterConfigChangeAction.Failed, changes["CustomResourceDefinition"].Action);
        if (mayBeRead)
            Assert.Equal(ClusterConfigChangeAction.Created, changes["Widget"].Action);
    }

    [Fact]
    public async Task A_pod_waits_for_the_service_account_of_its_new_namespace()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"bare","namespace":"shop"},"spec":{"containers":[{"name":"x","image":"x"}]}}""");
        var refusals = scene.Host.Faults.Add(new SandboxFault
        {
            Kind = FaultKind.Refuse,
            Verb = "create",
            Resource = "pods",
            Reason = "Forbidden",
            Message = "pods \"bare\" is forbidden: error looking up service account shop/default: serviceaccount \"default\" not found",
            Count = 2,
        });
        Assert.Equal(ClusterConfigChangeAction.Created, (await scene.ImportAsync()).Single(c => c.Kind == "Pod").Action);
        Assert.Equal(2, scene.Host.Faults.Struck(refusals));
    }

    [Theory]
    [InlineData(ExistingObject.Skip)]
    [InlineData(ExistingObject.Apply)]
    [InlineData(ExistingObject.Fail)]
    public async Task What_is_there_as_it_is_to_be_asks_no_webhook(ExistingObject existing)
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "there"));
        await scene.ImportAsync();
        scene.Manifests.Add(ConfigMap("shop", "new"));
        scene.Options = scene.Options with { Existing = existing, Timeout = TimeSpan.FromMilliseconds(300) };
        scene.Host.Cluster("green").Seed([Judge, Webhook("configmaps")]);
        var changes = (await scene.ImportAsync()).ToDictionary(c => c.Name);
        Assert.Equal(ClusterConfigChangeAction.Unchanged, changes["there"].Action);
        Assert.Equal("WebhookBackEndNotReady", changes["new"].Failure?.Id);
    }

    [Theory]
    [InlineData(ExistingObject.Skip, ClusterConfigChangeAction.Skipped, null)]
    [InlineData(ExistingObject.Apply, ClusterConfigChangeAction.Failed, "WebhookBackEndNotReady")]
    public async Task What_differs_asks_a_webhook_only_where_it_would_be_changed(ExistingObject existing, ClusterConfigChangeAction action, string? failure)
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop"), ConfigMap("shop", "c", more: ",\"labels\":{\"a\":\"b\"}"), Judge, Webhook("configmaps")]);
        scene.Manifests.Add(ConfigMap("shop", "c", more: ",\"labels\":{\"a\":\"c\"}"));
        scene.Options = scene.Options with { Existing = existing, Timeout = TimeSpan.FromMilliseconds(300) };
        var change = Assert.Single(await scene.ImportAsync());
        Assert.Equal((action, failure), (change.Action, change.Failure?.Id));
    }

    [Fact]
    public async Task What_is_changed_whatever_is_said_of_existing_objects_waits_too()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop"), Judge, Webhook("serviceaccounts")]);
        scene.Manifests.Add("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default","namespace":"shop"},"imagePullSecrets":[{"name":"registry"}]}""");
        scene.Options = scene.Options with { Existing = ExistingObject.Skip, Timeout = TimeSpan.FromMilliseconds(300) };
        Assert.Equal("WebhookBackEndNotReady", Assert.Single(await scene.ImportAsync()).Failure?.Id);
    }

    [Theory]
    [InlineData(WorkloadClass.Serving, false)]
    [InlineData(WorkloadClass.Scheduled, true)]
    public async Task A_webhook_comes_when_what_answers_for_it_is_not_held(WorkloadClass hold, bool comes)
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("judges")).Add(Judge).Add(JudgeDeployment).Add(Webhook("ingresses")).Add(Namespace("shop")).Add(Ingress);
        scene.Options = scene.Options with { Hold = hold, Timeout = TimeSpan.FromMilliseconds(300) };
        var preview = (await scene.PreviewAsync()).ToDictionary(c => c.Kind + c.Name);
        var changes = (await scene.ImportAsync()).ToDictionary(c => c.Kind + c.Name);
        Assert.Equal(comes ? ClusterConfigChangeAction.Created : ClusterConfigChangeAction.Skipped, changes["ValidatingWebhookConfigurationjudge"].Action);
        Assert.Equal(changes["ValidatingWebhookConfigurationjudge"].Action, preview["ValidatingWebhookConfigurationjudge"].Action);
        // Nothing answers in a cluster without nodes.
        Assert.Equal(comes ? "WebhookBackEndNotReady" : null, changes["Ingressweb"].Failure?.Id);
        if (comes)
            return;
        Assert.Contains("asks the Service judges/judge, and Deployment judge behind it is held", changes["ValidatingWebhookConfigurationjudge"].Reason, StringComparison.Ordinal);
        Assert.Equal(ClusterConfigChangeAction.Created, changes["Ingressweb"].Action);
    }

    [Fact]
    public async Task For_a_back_end_that_is_held_nobody_waits()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("judges")).Add(Judge).Add(JudgeDeployment);
        scene.Options = scene.Options with { Hold = WorkloadClass.All, Timeout = TimeSpan.FromHours(1) };
        await scene.ImportAsync();
        scene.Host.Cluster("green").Seed([Webhook("configmaps")]);
        scene.Manifests.Add(ConfigMap("judges", "c"));
        var change = (await scene.ImportAsync()).Single(c => c.Kind == "ConfigMap");
        Assert.Equal("WebhookBackEndNotReady", change.Failure?.Id);
        Assert.Contains("Deployment judge behind it is held", change.Reason, StringComparison.Ordinal);
        Assert.Contains("Resume-ClusterWorkload", change.Failure!.Recommendation, StringComparison.Ordinal);
    }

    private static string Webhook(string resource, string more = "\"matchPolicy\":\"Equivalent\"") =>
        """
        {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"judge"},"webhooks":[{"name":"judge.shop.example","sideEffects":"None","admissionReviewVersions":["v1"],
         "clientConfig":{"service":{"name":"judge","namespace":"judges"}},"rules":[{"apiGroups":["*"],"apiVersions":["*"],"operations":["CREATE"],"resources":["RESOURCE"]}],MORE}]}
        """.Replace("RESOURCE", resource, StringComparison.Ordinal).Replace("MORE", more, StringComparison.Ordinal);

    private static string Converted() =>
        Definition()
            .Replace("\"served\":true,\"storage\":true", "\"served\":true,\"storage\":false", StringComparison.Ordinal)
            .Replace("\"versions\":[", "\"conversion\":{\"strategy\":\"Webhook\",\"webhook\":{\"conversionReviewVersions\":[\"v1\"],\"clientConfig\":{\"service\":{\"name\":\"judge\",\"namespace\":\"judges\"}}}},\"versions\":["
                + "{\"name\":\"v2\",\"served\":true,\"storage\":true,\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\",\"x-kubernetes-preserve-unknown-fields\":true}}},", StringComparison.Ordinal);
}
