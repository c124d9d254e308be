using System.Text;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Readiness.Comparing;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Rehearsal.Content;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Readiness;

/// <summary>In what green is not what blue is.</summary>
public sealed class HealthComparerTests(SandboxFixture sandbox)
{
    private const string Held = """ "annotations":{"konupgrade.dev/held":"{\"version\":1,\"reason\":\"its data is not there.\",\"fields\":[{\"path\":\"spec.replicas\",\"was\":2,\"held\":0}]}"} """;
    private static readonly SystemCatalog s_catalog = new(new SystemServices { Roles = null });
    private static int s_namespaces;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What is on blue, what is on green, and what is told.</summary>
    public static TheoryData<string[], string[], string[]> InNamespace => new()
    {
        { [Deployment()], [Deployment()], [] },
        { [Deployment()], [], ["Missing Blocking object Deployment NS/web: it is not there"] },
        { [], [Deployment()], ["Extra Advisory object Deployment NS/web: blue has none of that name"] },
        { [Deployment(image: "web:1")], [Deployment(image: "web:2")], ["Different Blocking image Deployment NS/web: the container c runs web:2, and web:1 on blue"] },
        { [Deployment(replicas: 3, ready: 3)], [Deployment(replicas: 1, ready: 1)], ["Different Blocking replicas Deployment NS/web: it wants 1 pods, and 3 on blue"] },
        { [Deployment(replicas: 1, ready: 1)], [Deployment(replicas: 3, ready: 3)], ["Different Advisory replicas Deployment NS/web: it wants 3 pods, and 1 on blue"] },
        { [Deployment(replicas: 3, ready: 3)], [Deployment(replicas: 1, ready: 1), Autoscaler], ["Different Advisory replicas Deployment NS/web: it wants 1 pods, and 3 on blue"] },
        { [Deployment(replicas: 2, ready: 2)], [Deployment(replicas: 2, ready: 1)], ["NotReady Blocking ready Deployment NS/web: 1 of 2 pods are ready"] },
        { [Deployment(replicas: 2, ready: 0)], [Deployment(replicas: 2, ready: 1)], ["NotReady Advisory ready Deployment NS/web: 1 of 2 pods are ready, and on blue: 0 of 2 pods are ready"] },
        // Held on green, and other images are others all the same.
        {
            [Deployment(replicas: 2, ready: 2)], [Deployment(replicas: 0, ready: 0, image: "web:2", metadata: Held)],
            ["Different Blocking image Deployment NS/web: the container c runs web:2, and web:1 on blue", "Held Advisory object Deployment NS/web: It is held: its data is not there."]
        },
        // Held on blue, it should be on green what it was before.
        { [Deployment(replicas: 0, ready: 0, metadata: Held)], [Deployment(replicas: 2, ready: 2)], [] },
        { [Deployment(replicas: 0, ready: 0, metadata: Held)], [Deployment(replicas: 2, ready: 1)], ["NotReady Blocking ready Deployment NS/web: 1 of 2 pods are ready"] },
        // What controllers make is not looked for.
        { [Owned("apps/v1", "ReplicaSet", "apps/v1", "Deployment")], [], [] },
        { [Service(), Slice("true")], [Service(), Slice("true")], [] },
        { [Service(), Slice("true")], [Service(), Slice("false")], ["NotReady Blocking endpoints Service NS/web: no endpoint is ready"] },
        { [Service()], [Service()], [] },
        {
            [Deployment(replicas: 2, ready: 2), Service(), Slice("true")], [Deployment(replicas: 0, ready: 0, metadata: Held), Service()],
            ["Held Advisory endpoints Service NS/web: no endpoint is ready, since Deployment NS/web is held", "Held Advisory object Deployment NS/web: It is held: its data is not there."]
        },
        { [Service("LoadBalancer", Address)], [Service("LoadBalancer")], ["NotReady Blocking address Service NS/web: it has no address"] },
        { [Ingress(Address)], [Ingress("")], ["NotReady Blocking address Ingress NS/web: it has no address"] },
        { [Ingress("")], [Ingress("")], [] },
        { [Claim("Bound", "none")], [Claim("Pending", "none")], ["NotReady Blocking volume PersistentVolumeClaim NS/data: it is Pending"] },
        { [Claim("Bound", "none")], [Claim("Pending", "waits-NS"), StorageClass], ["NotReady Advisory volume PersistentVolumeClaim NS/data: it waits for a pod that wants it"] },
        { [Claim("Bound", "none")], [Claim("Lost", "none")], ["NotReady Blocking volume PersistentVolumeClaim NS/data: it is Lost"] },
    };

    private static string Address => """ "status":{"loadBalancer":{"ingress":[{"ip":"10.0.0.1"}]} } """;

    private static string Autoscaler => """{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"web","namespace":"NS"},"spec":{"maxReplicas":3,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"} } }""";

    private static string StorageClass => """{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"waits-NS"},"provisioner":"p","volumeBindingMode":"WaitForFirstConsumer"}""";

    [Theory]
    [MemberData(nameof(InNamespace))]
    public async Task A_difference_is_told_with_what_it_weighs(string[] onBlue, string[] onGreen, string[] expected)
    {
        var ns = $"compared-{Interlocked.Increment(ref s_namespaces)}";
        sandbox.Host.Cluster("blue").Seed(onBlue.Select(o => o.Replace("NS", ns, StringComparison.Ordinal)));
        sandbox.Host.Cluster("green").Seed(onGreen.Select(o => o.Replace("NS", ns, StringComparison.Ordinal)));
        Assert.Equal(expected.Select(line => line.Replace("NS", ns, StringComparison.Ordinal)), await CompareAsync(new HealthComparisonOptions { System = s_catalog.Whole, Namespaces = [ns] }));
    }

    [Fact]
    public async Task What_an_import_or_an_export_left_out_does_not_block_and_has_its_reason()
    {
        var ns = $"compared-{Interlocked.Increment(ref s_namespaces)}";
        sandbox.Host.Cluster("blue").Seed(new[] { "skipped", "failed", "brought", "mailer", "unknown" }.Select(name => Service(name: name).Replace("NS", ns, StringComparison.Ordinal)));
        var records = new ImportRecords();
        records.Add(Change("skipped", ClusterConfigChangeAction.Skipped) with { Reason = "Not needed there." });
        records.Add(Change("failed", ClusterConfigChangeAction.Failed) with { Failure = new Failure { Id = "X", Kind = FailureKind.InvalidData, Message = "too wide" } });
        records.Add(Change("brought", ClusterConfigChangeAction.Created));
        records.Add(Change("mailer", ClusterConfigChangeAction.Skipped) with { Reason = "It sends mail.", Outward = "Service" });
        Assert.Equal(
            [
                $"Held Advisory object Service {ns}/mailer: it is not there: It sends mail. -AllowOutward Service brings it.",
                $"Missing Advisory object Service {ns}/skipped: it is not there: Not needed there.",
                $"Missing Blocking object Service {ns}/brought: it is not there: The import brought it, and it is gone since.",
                $"Missing Blocking object Service {ns}/failed: it is not there: The import failed: too wide",
                $"Missing Blocking object Service {ns}/unknown: it is not there",
            ], await CompareAsync(new HealthComparisonOptions { System = s_catalog.Whole, Namespaces = [ns], Records = records }));

        ClusterConfigChange Change(string name, ClusterConfigChangeAction action) => new() { ApiVersion = "v1", Kind = "Service", Namespace = ns, Name = name, Action = action };
    }

    [Fact]
    public async Task Two_contexts_of_one_cluster_are_refused()
    {
        await using var one = await sandbox.ConnectAsync("blue");
        await using var other = await sandbox.ConnectAsync("blue-viewer");
        var comparer = new HealthComparer(one, other, new HealthComparisonOptions { System = s_catalog.Whole }, NullReporter.Instance);
        Assert.Equal("SameCluster", (await Assert.ThrowsAsync<UpgradeException>(async () =>
        {
            await foreach (var difference in comparer.RunAsync(Token))
                Assert.Fail(difference.ToString());
        })).Failure.Id);
    }

    [Fact]
    public async Task What_may_not_be_read_is_a_failure_and_no_difference()
    {
        await using var blue = await sandbox.ConnectAsync("blue");
        await using var green = await sandbox.ConnectAsync("green-nobody");
        var ns = $"compared-{Interlocked.Increment(ref s_namespaces)}";
        sandbox.Host.Cluster("blue").Seed([Service().Replace("NS", ns, StringComparison.Ordinal)]);
        var comparer = new HealthComparer(blue, green, new HealthComparisonOptions { System = s_catalog.Whole, Namespaces = [ns] }, NullReporter.Instance);
        await foreach (var difference in comparer.RunAsync(Token))
            Assert.Fail(difference.ToString());
        Assert.Contains(comparer.Failures, failure => failure.Kind == FailureKind.PermissionDenied && failure.Message.Contains("services", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_green_that_has_nothing_of_the_system_lacks_all_of_it()
    {
        var ns = $"compared-{Interlocked.Increment(ref s_namespaces)}";
        sandbox.Host.Cluster("blue").Seed([$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{ns}}","labels":{"of-the-team":"{{ns}}"} } }""", Service().Replace("NS", ns, StringComparison.Ordinal)]);
        var team = SystemDescription.Load(Encoding.UTF8.GetBytes($"apiVersion: konupgrade.dev/v1\nkind: UpgradeSystem\nmetadata: {{name: Team}}\ntitle: x\nexport: {{within: {{labels: {{of-the-team: {ns}}}}}}}\n"), "team.yaml");
        Assert.Equal([$"Missing Blocking object Service {ns}/web: it is not there"], await CompareAsync(new HealthComparisonOptions { System = new SystemDefinition(team), Namespaces = [ns] }));
    }

    [Fact]
    public async Task Releases_have_other_names_and_targets_should_run_on_green_as_well()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33"), new SandboxClusterOptions("green", "1.34"));
        foreach (var name in new[] { "blue", "green" })
        {
            host.Cluster(name).Seed(KonstellationCrds.All.Select(crd => crd.Json));
            host.Cluster(name).Seed(
            [
                """{"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"shop"},"spec":{"image":"i"} }""",
                $$"""{"apiVersion":"k11n.dev/v1alpha1","kind":"ClusterConfig","metadata":{"name":"{{name}}"},"spec":{"version":"1","kubeVersion":"1","cloud":"aws","region":"r"} }""",
                $$"""{"apiVersion":"k11n.dev/v1alpha1","kind":"AppRelease","metadata":{"name":"shop-{{name}}","namespace":"default"},"spec":{"app":"shop","target":"t","build":"b","role":"active"} }""",
                Target("shop", name == "blue" ? "running" : "deploying"), Target("old", "deploying"),
            ]);
        }
        host.Cluster("blue").Seed(["""{"apiVersion":"k11n.dev/v1alpha1","kind":"Build","metadata":{"name":"b"},"spec":{"registry":"","image":"i","tag":"t","createdAt":{} } }"""]);
        await using var blue = await SandboxFixture.ConnectAsync(host, "blue");
        await using var green = await SandboxFixture.ConnectAsync(host, "green");
        var system = s_catalog.Get("Konstellation");
        Assert.Equal(
            [
                "Missing Blocking object Build b: it is not there",
                "NotReady Advisory AppTargetsRunning AppTarget old-t: its phase is deploying, and on blue: its phase is deploying",
                "NotReady Blocking AppTargetsRunning AppTarget shop-t: its phase is deploying",
            ], await CompareAsync(blue, green, new HealthComparisonOptions { System = system, Checks = SystemChecks.HealthOf(system.Description) }));

        static string Target(string app, string phase) => $$"""
            {"apiVersion":"k11n.dev/v1alpha1","kind":"AppTarget","metadata":{"name":"{{app}}-t"},"spec":{"app":"{{app}}","target":"t","build":"b","deployMode":"latest"},"status":{"phase":"{{phase}}","activeRelease":"r","targetRelease":"r"} }
            """;
    }

    [Fact]
    public async Task What_is_true_of_a_resource_on_blue_is_true_on_green_and_every_kind_is_served()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33"), new SandboxClusterOptions("green", "1.34"));
        host.Cluster("blue").Seed([Definition("Boat"), Definition("Sail")]);
        host.Cluster("green").Seed([Definition("Boat")]);
        host.Cluster("blue").Seed(
        [
            Resource("Boat", "one", """{"type":"Ready","status":"True"},{"type":"Painted","status":"True"},{"type":"Progressing","status":"True"},{"type":"Sunk","status":"False"}"""), Resource("Boat", "two", ""), Resource("Sail", "big", ""),
        ]);
        host.Cluster("green").Seed([Resource("Boat", "one", """{"type":"Ready","status":"False"},{"type":"Sunk","status":"True"}"""), Resource("Boat", "two", """{"type":"Ready","status":"False"}""")]);
        await using var blue = await SandboxFixture.ConnectAsync(host, "blue");
        await using var green = await SandboxFixture.ConnectAsync(host, "green");
        Assert.Equal(
            [
                "Missing Blocking object CustomResourceDefinition sails.harbour.test: it is not there",
                "Missing Blocking object Sail default/big: it is not there: green does not serve Sail.harbour.test.",
                "NotReady Advisory Painted Boat default/one: nobody has told that it is Painted",
                "NotReady Blocking Ready Boat default/one: Ready is False",
            ], await CompareAsync(blue, green, new HealthComparisonOptions { System = s_catalog.Whole }));

        static string Definition(string kind) => $$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{kind.ToLowerInvariant()}}s.harbour.test"},"spec":{"group":"harbour.test","scope":"Namespaced","names":{"kind":"{{kind}}","plural":"{{kind.ToLowerInvariant()}}s"},
            "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } }]} }
            """;
        static string Resource(string kind, string name, string conditions) =>
            $$"""{"apiVersion":"harbour.test/v1","kind":"{{kind}}","metadata":{"name":"{{name}}","namespace":"default"},"status":{"conditions":[{{conditions}}]} }""";
    }

    private async Task<List<string>> CompareAsync(HealthComparisonOptions options)
    {
        await using var blue = await sandbox.ConnectAsync("blue");
        await using var green = await sandbox.ConnectAsync("green");
        return await CompareAsync(blue, green, options);
    }

    private static async Task<List<string>> CompareAsync(ClusterConnection blue, ClusterConnection green, HealthComparisonOptions options)
    {
        var told = new List<string>();
        var comparer = new HealthComparer(blue, green, options, NullReporter.Instance);
        await foreach (var difference in comparer.RunAsync(Token))
            told.Add($"{difference.State} {difference.Severity} {difference.Aspect} {difference}");
        Assert.Empty(comparer.Failures);
        told.Sort(StringComparer.Ordinal);
        return told;
    }

    private static string Deployment(int replicas = 1, int ready = 1, string image = "web:1", string metadata = "\"labels\":{}") => $$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"NS",{{metadata}} },"spec":{"replicas":{{replicas}},"selector":{"matchLabels":{"app":"web"} },
        "template":{"metadata":{"labels":{"app":"web"} },"spec":{"containers":[{"name":"c","image":"{{image}}"}]} } },"status":{"observedGeneration":1,"updatedReplicas":{{replicas}},"readyReplicas":{{ready}} } }
        """;

    private static string Owned(string apiVersion, string kind, string ownerVersion, string owner) => $$"""
        {"apiVersion":"{{apiVersion}}","kind":"{{kind}}","metadata":{"name":"web-1","namespace":"NS","ownerReferences":[{"apiVersion":"{{ownerVersion}}","kind":"{{owner}}","name":"web","uid":"1","controller":true}]},
        "spec":{"selector":{"matchLabels":{"app":"web"} },"template":{"metadata":{"labels":{"app":"web"} },"spec":{"containers":[{"name":"c","image":"i"}]} } } }
        """;

    private static string Service(string type = "ClusterIP", string status = "\"status\":{}", string name = "web") =>
        $$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{name}}","namespace":"NS"},"spec":{"type":"{{type}}","selector":{"app":"web"},"ports":[{"port":80}]},{{status}} }""";

    private static string Slice(string ready) =>
        $$"""{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"web-1","namespace":"NS","labels":{"kubernetes.io/service-name":"web"} },"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"conditions":{"ready":{{ready}}} }]}""";

    private static string Ingress(string status) =>
        $$"""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web","namespace":"NS"},"spec":{"defaultBackend":{"service":{"name":"web","port":{"number":80} } } }{{(status.Length > 0 ? "," : "")}}{{status}} }""";

    private static string Claim(string phase, string storageClass) =>
        $$"""{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"NS"},"spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"{{storageClass}}","resources":{"requests":{"storage":"1Gi"} } },"status":{"phase":"{{phase}}"} }""";
}
