using System.Text;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;
using static KonUpgrade.Engine.Tests.Configuration.ImportScene;

namespace KonUpgrade.Engine.Tests.Configuration.Importing.Holding;

public sealed class ImportOutwardTests
{
    public static TheoryData<string> Outward =>
    [
        Object("v1", "Service", "\"annotations\":{\"service.beta.kubernetes.io/aws-load-balancer-name\":\"shop\"}", "\"type\":\"LoadBalancer\",\"ports\":[{\"port\":80}]"),
        Object("v1", "Service", "\"annotations\":{\"service.beta.kubernetes.io/aws-load-balancer-eip-allocations\":\"eipalloc-1\"}", "\"ports\":[{\"port\":80}]"),
        Object("v1", "Service", "\"labels\":{\"a\":\"b\"}", "\"type\":\"LoadBalancer\",\"loadBalancerIP\":\"10.0.0.1\",\"ports\":[{\"port\":80}]"),
        Object("v1", "Service", "\"labels\":{\"a\":\"b\"}", "\"externalIPs\":[\"10.0.0.1\"],\"ports\":[{\"port\":80}]"),
        Object("v1", "Service", "\"annotations\":{\"external-dns.alpha.kubernetes.io/hostname\":\"shop.example.com\"}", "\"ports\":[{\"port\":80}]"),
        Object("networking.k8s.io/v1", "Ingress", "\"annotations\":{\"alb.ingress.kubernetes.io/group.name\":\"shop\"}", "\"rules\":[{\"host\":\"a.example\"}]"),
        Object("networking.k8s.io/v1", "Ingress", "\"annotations\":{\"alb.ingress.kubernetes.io/load-balancer-name\":\"shop\"}", "\"rules\":[{\"host\":\"a.example\"}]"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Outward))]
    public async Task What_acts_outside_waits_is_listed_and_comes_when_its_kind_is_allowed(string json)
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(json);
        var waiting = (await scene.ImportAsync()).Single(c => c.Kind != "Namespace");
        Assert.Equal((ClusterConfigChangeAction.Skipped, waiting.Kind), (waiting.Action, waiting.Outward));
        Assert.EndsWith($" -AllowOutward {waiting.Kind} brings it.", waiting.Reason, StringComparison.Ordinal);
        var group = waiting.Kind == "Ingress" ? "networking.k8s.io" : "";
        Assert.Null(await scene.GetAsync(group, waiting.Kind, "shop", "x"));
        scene.Options = scene.Options with { AllowOutward = [waiting.Kind.ToLowerInvariant()] };
        var come = (await scene.ImportAsync()).Single(c => c.Kind != "Namespace");
        Assert.Equal((ClusterConfigChangeAction.Created, null), (come.Action, come.Outward));
    }

    [Theory]
    [InlineData("elbv2.k8s.aws", "TargetGroupBinding", "{}", true)]
    [InlineData("externaldns.k8s.io", "DNSEndpoint", "{}", true)]
    [InlineData("karpenter.sh", "NodePool", "{}", true)]
    [InlineData("cert-manager.io", "ClusterIssuer", "{\"acme\":{\"server\":\"https://acme\"}}", true)]
    [InlineData("cert-manager.io", "ClusterIssuer", "{\"selfSigned\":{}}", false)]
    [InlineData("cert-manager.io", "Certificate", "{\"acme\":{}}", false)]
    public void Kinds_of_controllers_are_known(string group, string kind, string spec, bool outward)
    {
        using var o = Engine.Kubernetes.KubernetesObject.Parse(Encoding.UTF8.GetBytes($$"""{"apiVersion":"{{group}}/v1","kind":"{{kind}}","metadata":{"name":"x"},"spec":{{spec}}}"""));
        Assert.Equal(outward, SystemOutward.BuiltIn.Any(rule => rule.Fits(group, kind, o)));
    }

    [Theory]
    [InlineData(null, 0, true)]
    [InlineData("registry.k8s.io/external-dns/external-dns:v0.14.0@sha256:00", 1, false)]
    [InlineData("registry.k8s.io/external-dns/external-dns:v0.14.0", 0, true)]
    [InlineData("registry:5000/web", 1, true)]
    public async Task Hosts_alone_wait_only_where_external_dns_runs(string? image, int replicas, bool comes)
    {
        await using var scene = await StartAsync();
        if (image is not null)
            scene.Host.Cluster("green").Seed([Namespace("dns"), Deployment("dns", image, replicas)]);
        scene.Manifests.Add(Namespace("shop")).Add(Object("networking.k8s.io/v1", "Ingress", "\"labels\":{\"a\":\"b\"}", "\"rules\":[{\"host\":\"a.example\"}]"));
        var ingress = (await scene.ImportAsync()).Single(c => c.Kind == "Ingress");
        Assert.Equal(comes ? ClusterConfigChangeAction.Created : ClusterConfigChangeAction.Skipped, ingress.Action);
    }

    [Fact]
    public async Task Controllers_that_act_outside_arrive_held_and_so_their_sources_may_come()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(Deployment("shop", "registry.k8s.io/external-dns/external-dns:v0.14.0", 1))
            .Add(Object("networking.k8s.io/v1", "Ingress", "\"labels\":{\"a\":\"b\"}", "\"rules\":[{\"host\":\"a.example\"}]"));
        var changes = await scene.ImportAsync();
        var dns = changes.Single(c => c.Kind == "Deployment");
        Assert.Equal("Held, since it acts outside the cluster (it publishes names, and would take them from the cluster that serves now): spec.replicas 0, was 1.", dns.Reason);
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Kind == "Ingress").Action);
        Assert.All(await scene.ImportAsync(), c => Assert.Equal((ClusterConfigChangeAction.Unchanged, null), (c.Action, c.Outward)));
        const string Why = "it acts outside the cluster (it publishes names, and would take them from the cluster that serves now).";
        var left = Assert.Single(await ResumeAsync(scene, new RecordingReporter(), force: false));
        Assert.Equal(
            (WorkloadChangeAction.Skipped, $"It stays held: {Why} -Force resumes it, when the other cluster no longer does the same; an import with -AllowOutward Deployment does not hold what it brings."),
            (left.Action, left.Reason));
        using (var held = await scene.GetAsync("apps", "Deployment", "shop", "dns"))
            Assert.Equal(0, held!.Root.GetProperty("spec").GetProperty("replicas").GetInt32());
        var reporter = new RecordingReporter();
        var resumed = Assert.Single(await ResumeAsync(scene, reporter, force: true));
        Assert.Equal((WorkloadChangeAction.Resumed, $"The reason to hold it was: {Why}"), (resumed.Action, resumed.Reason));
        Assert.Equal("apps/v1 Deployment shop/dns is resumed, and acts outside the cluster from now on: it publishes names, and would take them from the cluster that serves now.", Assert.Single(reporter.Of("warning")));
        using var runs = await scene.GetAsync("apps", "Deployment", "shop", "dns");
        Assert.Equal(1, runs!.Root.GetProperty("spec").GetProperty("replicas").GetInt32());
    }

    [Fact]
    public async Task What_acts_outside_and_was_started_by_hand_only_loses_the_mark_of_being_held()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(Deployment("shop", "external-dns", 1));
        await scene.ImportAsync();
        using (await scene.Green.Client.PatchAsync(TestResources.Deployments, "shop", "dns", Engine.Kubernetes.PatchKind.Merge, """{"spec":{"replicas":2}}"""u8.ToArray(), new Engine.Kubernetes.WriteOptions(), Token))
        {
        }
        Assert.Equal(WorkloadChangeAction.Resumed, Assert.Single(await ResumeAsync(scene, new RecordingReporter(), force: false)).Action);
        using var runs = await scene.GetAsync("apps", "Deployment", "shop", "dns");
        Assert.Equal((2, false), (runs!.Root.GetProperty("spec").GetProperty("replicas").GetInt32(), WorkloadHold.IsHeld(runs)));
    }

    [Fact]
    public async Task What_acts_outside_and_lacks_its_data_waits_for_both()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(Deployment("shop", "external-dns", 1).Replace("\"containers\"", "\"volumes\":[{\"name\":\"v\",\"persistentVolumeClaim\":{\"claimName\":\"data\"}}],\"containers\"", StringComparison.Ordinal));
        var change = (await scene.ImportAsync()).Single(c => c.Kind == "Deployment");
        Assert.Contains("PersistentVolumeClaim data is not on green", change.Reason, StringComparison.Ordinal);
        Assert.Contains("; and it acts outside the cluster", change.Reason, StringComparison.Ordinal);
        scene.Host.Cluster("green").Seed(["""{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"shop"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}"""]);
        var left = Assert.Single(await ResumeAsync(scene, new RecordingReporter(), force: false));
        Assert.StartsWith("It stays held: it acts outside the cluster", left.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_acts_outside_and_is_run_by_a_controller_waits_since_it_can_not_be_held()
    {
        await using var scene = await StartAsync();
        const string Owner = "\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"name\":\"operator\",\"uid\":\"u\",\"controller\":true}]";
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "operator"))
            .Add(Deployment("shop", "external-dns", 1).Replace("\"namespace\":\"shop\"", $"\"namespace\":\"shop\",{Owner}", StringComparison.Ordinal));
        var waiting = (await scene.ImportAsync()).Single(c => c.Kind == "Deployment");
        Assert.Equal((ClusterConfigChangeAction.Skipped, "Deployment"), (waiting.Action, waiting.Outward));
        Assert.Equal("It publishes names, and would take them from the cluster that serves now. It can't be held, since its controller, ConfigMap operator, decides whether it runs. -AllowOutward Deployment brings it.", waiting.Reason);
        Assert.Null(await scene.GetAsync("apps", "Deployment", "shop", "dns"));
        scene.Options = scene.Options with { AllowOutward = ["Deployment"] };
        Assert.Equal(ClusterConfigChangeAction.Created, (await scene.ImportAsync()).Single(c => c.Kind == "Deployment").Action);
    }

    [Theory]
    [InlineData(ExistingObject.Skip, "a", ClusterConfigChangeAction.Unchanged, null)]
    [InlineData(ExistingObject.Apply, "a", ClusterConfigChangeAction.Unchanged, null)]
    [InlineData(ExistingObject.Skip, "b", ClusterConfigChangeAction.Skipped, null)]
    [InlineData(ExistingObject.Apply, "b", ClusterConfigChangeAction.Skipped, "Service")]
    [InlineData(ExistingObject.Fail, "b", ClusterConfigChangeAction.Failed, null)]
    public async Task What_acts_outside_and_is_there_already_is_told_as_it_is(ExistingObject option, string name, ClusterConfigChangeAction action, string? outward)
    {
        await using var scene = await StartAsync();
        const string Service = """{"apiVersion":"v1","kind":"Service","metadata":{"name":"x","namespace":"shop","annotations":{"service.beta.kubernetes.io/aws-load-balancer-name":"NAME"}},"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}""";
        scene.Host.Cluster("green").Seed([Namespace("shop"), Service.Replace("NAME", "a", StringComparison.Ordinal)]);
        scene.Manifests.Add(Namespace("shop")).Add(Service.Replace("NAME", name, StringComparison.Ordinal));
        scene.Options = scene.Options with { Existing = option };
        foreach (var changes in new[] { await scene.PreviewAsync(), await scene.ImportAsync() })
        {
            var change = changes.Single(c => c.Kind == "Service");
            Assert.Equal((action, outward), (change.Action, change.Outward));
            Assert.Equal(name == "a" ? 0 : 1, change.Fields.Count);
        }
        using var there = await scene.GetAsync("", "Service", "shop", "x");
        Assert.Equal("a", there!.Annotation("service.beta.kubernetes.io/aws-load-balancer-name"));
    }

    [Theory]
    [InlineData("Deployment", WorkloadClass.Scheduled)]
    [InlineData("Deployment", WorkloadClass.All)]
    [InlineData("DaemonSet", WorkloadClass.Scheduled)]
    [InlineData("DaemonSet", WorkloadClass.All)]
    public async Task A_controller_that_is_held_does_not_run_however_it_is_held_and_whatever_is_allowed(string kind, WorkloadClass hold)
    {
        await using var scene = await StartAsync();
        var dns = Deployment("shop", "external-dns", 1);
        if (kind == "DaemonSet")
            dns = dns.Replace("\"Deployment\"", "\"DaemonSet\"", StringComparison.Ordinal).Replace("\"replicas\":1,", "", StringComparison.Ordinal);
        scene.Manifests.Add(Namespace("shop")).Add(dns).Add(Object("networking.k8s.io/v1", "Ingress", "\"labels\":{\"a\":\"b\"}", "\"rules\":[{\"host\":\"a.example\"}]"));
        scene.Options = scene.Options with { Hold = hold, AllowOutward = hold == WorkloadClass.All ? [kind] : [] };
        var first = await scene.ImportAsync();
        Assert.NotNull(first.Single(c => c.Kind == kind).Held);
        Assert.Equal(ClusterConfigChangeAction.Created, first.Single(c => c.Kind == "Ingress").Action);
        scene.Options = scene.Options with { Hold = WorkloadClass.Scheduled, AllowOutward = [kind] };
        Assert.Equal(ClusterConfigChangeAction.Unchanged, (await scene.ImportAsync()).Single(c => c.Kind == "Ingress").Action);
    }

    [Fact]
    public async Task A_controller_that_is_allowed_runs_and_its_sources_wait()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { AllowOutward = ["Deployment"] };
        scene.Manifests.Add(Namespace("shop")).Add(Deployment("shop", "external-dns", 1))
            .Add(Object("networking.k8s.io/v1", "Ingress", "\"labels\":{\"a\":\"b\"}", "\"rules\":[{\"host\":\"a.example\"}]"));
        var changes = await scene.ImportAsync();
        Assert.Null(changes.Single(c => c.Kind == "Deployment").Held);
        Assert.Equal("Ingress", changes.Single(c => c.Kind == "Ingress").Outward);
        scene.Options = scene.Options with { AllowOutward = ["*"] };
        Assert.Contains(await scene.ImportAsync(), c => c is { Kind: "Ingress", Action: ClusterConfigChangeAction.Created });
    }

    [Fact]
    public async Task A_word_that_no_rule_speaks_of_is_an_error_before_anything_is_done()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { AllowOutward = ["Ingres"] };
        scene.Manifests.Add(Namespace("shop"));
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => scene.ImportAsync())).Failure;
        Assert.Equal(("KindNotOutward", "Ingres"), (failure.Id, failure.Target));
        Assert.Null(await scene.GetAsync("", "Namespace", null, "shop"));
    }

    [Theory]
    [InlineData("kinds: [A.b.c]", "reason")]
    [InlineData("reason: x", "kinds")]
    [InlineData("{kinds: ['*.b.c'], reason: x}", "'*.b.c'")]
    [InlineData("{kinds: [A.b.c], present: ['spec..x'], reason: x}", "'spec..x'")]
    public void A_wrong_rule_is_told_with_its_place(string rule, string word)
    {
        var text = $"apiVersion: konupgrade.dev/v1\nkind: UpgradeSystem\nmetadata: {{name: X}}\ntitle: X\noutward:\n- {rule}\n";
        var failure = Assert.Throws<UpgradeException>(() => SystemDescription.Load(Encoding.UTF8.GetBytes(text), "x.yaml")).Failure;
        Assert.Equal("InvalidSystem", failure.Id);
        Assert.Contains(word, failure.Message, StringComparison.Ordinal);
        Assert.Contains("line 6", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_adds_rules_of_its_own()
    {
        var text = "apiVersion: konupgrade.dev/v1\nkind: UpgradeSystem\nmetadata: {name: X}\ntitle: X\noutward:\n- {kinds: [Mailer.x.example], reason: It sends mail.}\n";
        var system = SystemDescription.Load(Encoding.UTF8.GetBytes(text), "x.yaml");
        Assert.Empty(system.UnknownFields);
        Assert.Contains("Mailer", OutwardRules.Kinds(system));
        Assert.Contains("TargetGroupBinding", OutwardRules.Kinds(system));
    }

    private static Task<List<WorkloadChange>> ResumeAsync(ImportScene scene, IReporter reporter, bool force) =>
        new WorkloadChanger(scene.Green, new WorkloadOptions { Means = BuiltInMeans.All, Resume = true, Force = force }, reporter).RunAsync(Token).ToListAsync(Token).AsTask();

    private static string Object(string apiVersion, string kind, string metadata, string spec) =>
        "{\"apiVersion\":\"" + apiVersion + "\",\"kind\":\"" + kind + "\",\"metadata\":{\"name\":\"x\",\"namespace\":\"shop\"," + metadata + "},\"spec\":{" + spec + "}}";

    private static string Deployment(string ns, string image, int replicas) =>
        """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"dns","namespace":"NS"},"spec":{"replicas":COUNT,"selector":{"matchLabels":{"app":"d"}},"template":{"metadata":{"labels":{"app":"d"}},"spec":{"containers":[{"name":"c","image":"IMAGE"}]}}}}"""
            .Replace("NS", ns, StringComparison.Ordinal).Replace("IMAGE", image, StringComparison.Ordinal).Replace("COUNT", $"{replicas}", StringComparison.Ordinal);
}
