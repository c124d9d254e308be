using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using static KonUpgrade.Engine.Tests.Configuration.ImportScene;

namespace KonUpgrade.Engine.Tests.Configuration.Importing;

/// <summary>Every object is accounted for, and as what it is, also where something is wrong with another one.</summary>
public sealed class ImportAccountTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_of_the_import_judges_what_comes_after_it_so_that_waits_for_its_back_end()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Timeout = TimeSpan.FromMilliseconds(300) };
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "c"))
            .Add("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"judge","namespace":"shop"},"spec":{"ports":[{"port":443}],"selector":{"app":"judge"}}}""")
            .Add("""
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"judge"},"webhooks":[{"name":"judge.shop.example","sideEffects":"None","admissionReviewVersions":["v1"],
             "clientConfig":{"service":{"name":"judge","namespace":"shop"}},"rules":[{"apiGroups":["networking.k8s.io",""],"apiVersions":["*"],"operations":["CREATE"],"resources":["ingresses","configmaps"]}]}]}
            """)
            .Add("""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"i","namespace":"shop"},"spec":{"defaultBackend":{"service":{"name":"web","port":{"number":80}}}}}""");
        var changes = await scene.ImportAsync();
        var failed = Assert.Single(changes, c => c.Action == ClusterConfigChangeAction.Failed);
        Assert.Equal(("Ingress", "WebhookBackEndNotReady"), (failed.Kind, failed.Failure!.Id));
        Assert.Equal(5, changes.Count);
    }

    [Fact]
    public async Task What_is_there_twice_is_no_failed_owner()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { ThrottleLimit = 1 };
        const string OwnedByWidget = ",\"ownerReferences\":[{\"apiVersion\":\"shop.example/v1\",\"kind\":\"Widget\",\"name\":\"w\"}]";
        scene.Manifests.Add(Namespace("shop")).Add(Definition()).Add(Widget("shop", "owned", OwnedByWidget)).Add(Widget("shop", "w")).Add(Widget("shop", "w"));
        var changes = await scene.ImportAsync();
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Name == "owned").Action);
        Assert.Equal("DuplicateObject", Assert.Single(changes, c => c.Action == ClusterConfigChangeAction.Failed).Failure!.Id);
    }

    [Fact]
    public async Task A_file_that_nobody_can_read_is_told_whatever_is_selected()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Selection = new ClusterConfigSelection { Kind = ["ConfigMap"], Namespace = ["shop"] } };
        scene.Manifests.Add(Namespace("shop")).AddProblem(new ManifestFile(scene.Manifests)
        {
            FilePath = "/export/broken.yaml",
            ApiVersion = "",
            Kind = "",
            Name = "",
            Problem = new Failure { Id = "YamlSyntax", Kind = FailureKind.ParserError, Message = "broken" },
        });
        Assert.Equal("YamlSyntax", Assert.Single(await scene.ImportAsync()).Failure!.Id);
    }

    [Fact]
    public async Task A_definition_that_can_not_be_read_any_more_fails_alone()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "c")).AddProblem(new ManifestFile(new Vanished())
        {
            FilePath = "/export/crd.yaml",
            ApiVersion = "apiextensions.k8s.io/v1",
            Kind = "CustomResourceDefinition",
            Name = "widgets.shop.example",
        });
        var changes = await scene.ImportAsync();
        Assert.Equal("MissingFile", Assert.Single(changes, c => c.Action == ClusterConfigChangeAction.Failed).Failure!.Id);
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Kind == "ConfigMap").Action);
    }

    [Fact]
    public async Task A_target_that_says_nothing_in_time_is_not_taken_for_one_that_says_yes()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop")]);
        var services = new TargetServices(scene.Green.Client);
        await services.RefreshAsync(Token);
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Slow, Verb = "list", Resource = "namespaces", Delay = TimeSpan.FromMinutes(10), Count = null });
        var waits = new TargetWaits(scene.Green.Client, services, new ImportOptions { Timeout = TimeSpan.FromMilliseconds(50) });
        Assert.False(await waits.IsGoneAsync(services.Catalog.Find("", "v1", "Namespace")!, null, "shop", "uid", Token));
    }

    private sealed class Vanished : IManifestContent
    {
        public Task<KubernetesObject> LoadAsync(ManifestFile file, CancellationToken cancellationToken) =>
            throw new UpgradeException(new Failure { Id = "MissingFile", Kind = FailureKind.NotFound, Message = "gone" });
    }
}
