using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using static KonUpgrade.Engine.Tests.Configuration.ImportScene;

namespace KonUpgrade.Engine.Tests.Configuration.Importing;

public sealed class ImportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Objects_arrive_in_the_order_in_which_they_need_each_other()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Widget("shop", "w")).Add(ConfigMap("shop", "c")).Add(Definition()).Add(Namespace("shop"));
        var changes = await scene.ImportAsync();
        Assert.Equal(["Namespace", "CustomResourceDefinition", "ConfigMap", "Widget"], changes.Select(c => c.Kind));
        Assert.All(changes, c => Assert.Equal(ClusterConfigChangeAction.Created, c.Action));
        Assert.All(changes, c => Assert.NotNull(c.Uid));
        using var widget = await scene.GetAsync("shop.example", "Widget", "shop", "w");
        Assert.NotNull(widget);
    }

    [Fact]
    public async Task An_export_of_which_there_is_nothing_to_import_says_so()
    {
        await using var scene = await StartAsync();
        var export = new ClusterConfigExport { Path = "/export", Context = "blue", ClusterUid = "uid-1", System = "Kubernetes", Complete = true, ObjectCount = 0, LeftOutCount = 0 };
        Assert.Empty(await scene.ImportAsync(export: export));
        Assert.Equal("There is nothing to import: the export in /export is empty.", Assert.Single(scene.Reporter.Of("warning")));

        scene.Manifests.Add(Namespace("shop"));
        Assert.Single(await scene.ImportAsync(export: export));
        Assert.Single(scene.Reporter.Of("warning"));
    }

    [Fact]
    public async Task A_second_import_finds_everything_unchanged()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(Definition()).Add(ConfigMap("shop", "c")).Add(Widget("shop", "w"));
        await scene.ImportAsync();
        var revision = scene.Host.Cluster("green").Revision;
        Assert.All(await scene.ImportAsync(), c => Assert.Equal(ClusterConfigChangeAction.Unchanged, c.Action));
        scene.Options = scene.Options with { Existing = ExistingObject.Apply };
        Assert.All(await scene.ImportAsync(), c => Assert.Equal(ClusterConfigChangeAction.Unchanged, c.Action));
        Assert.Equal(revision, scene.Host.Cluster("green").Revision);
    }

    [Fact]
    public async Task An_absent_object_costs_one_request()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop"));
        for (var i = 0; i < 20; i++)
            scene.Manifests.Add(ConfigMap("shop", $"c{i}"));
        var gets = scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, Verb = "get", Resource = "configmaps", Count = null });
        Assert.All(await scene.ImportAsync(), c => Assert.Equal(ClusterConfigChangeAction.Created, c.Action));
        Assert.Equal(0, scene.Host.Faults.Struck(gets));
        Assert.Equal(20, scene.Manifests.Loads - 1);
    }

    [Fact]
    public async Task Fields_are_owned_on_the_target_as_on_the_source()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop"))
            .Add(ConfigMap("shop", "helm"), new FieldOwner("helm", "Update"))
            .Add(ConfigMap("shop", "argo"), new FieldOwner("argocd-controller", "Apply"));
        var changes = await scene.ImportAsync();
        Assert.All(changes, c => Assert.Equal(ClusterConfigChangeAction.Created, c.Action));
        Assert.Equal(["konupgrade", "helm", "argocd-controller"], changes.OrderBy(c => c.Name is "argo" ? 2 : c.Name is "helm" ? 1 : 0).Select(c => c.FieldManager));
        foreach (var (name, manager, operation) in new[] { ("helm", "helm", "Update"), ("argo", "argocd-controller", "Apply") })
        {
            using var o = await scene.GetAsync("", "ConfigMap", "shop", name);
            var entry = Assert.Single(o!.Metadata.GetProperty("managedFields").EnumerateArray().ToList());
            Assert.Equal((manager, operation), (entry.GetProperty("manager").GetString(), entry.GetProperty("operation").GetString()));
        }
    }

    [Theory]
    [InlineData("Apply", "kubectl-edit", "Beware: argocd-controller owns here what kubectl-edit wrote on the source, and its next apply removes what its manifest does not name.")]
    [InlineData("Apply", "kube-controller-manager", null)]
    [InlineData("Update", "kubectl-edit", null)]
    public async Task What_an_owner_would_remove_that_others_wrote_is_told(string operation, string other, string? reason)
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "argo"), new FieldOwner("argocd-controller", operation), others: [new FieldOwner(other, "Update")]);

        var change = (await scene.ImportAsync()).Single(c => c.Name == "argo");

        Assert.Equal(ClusterConfigChangeAction.Created, change.Action);
        Assert.Equal(reason, change.Reason);
    }

    [Fact]
    public async Task An_apply_that_is_to_create_never_changes_what_is_there()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([ConfigMap("shop", "argo", "there", more: ",\"labels\":{\"a\":\"b\"}")], "somebody");
        scene.Manifests.Add(ConfigMap("shop", "argo", "imported"), new FieldOwner("argocd-controller", "Apply"));
        var change = Assert.Single(await scene.ImportAsync());
        Assert.Equal(ClusterConfigChangeAction.Skipped, change.Action);
        using var o = await scene.GetAsync("", "ConfigMap", "shop", "argo");
        Assert.Equal("there", o!.Root.GetProperty("data").GetProperty("value").GetString());
        Assert.DoesNotContain("argocd-controller", o.Metadata.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_is_there_and_differs_is_left_alone_with_its_fields_named()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([ConfigMap("shop", "c", "there")]);
        scene.Manifests.Add(ConfigMap("shop", "c", "imported"));
        var change = Assert.Single(await scene.ImportAsync());
        Assert.Equal(ClusterConfigChangeAction.Skipped, change.Action);
        Assert.Equal(("data.value", "\"imported\"", "\"there\""), Assert.Single(change.Fields) is var f ? (f.Path, f.Reference, f.Difference) : default);
    }

    [Fact]
    public async Task With_fail_a_difference_is_a_failure_and_what_is_the_same_is_not()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Existing = ExistingObject.Fail };
        scene.Host.Cluster("green").Seed([ConfigMap("shop", "c", "there"), ConfigMap("shop", "d", "same")]);
        scene.Manifests.Add(ConfigMap("shop", "c", "imported")).Add(ConfigMap("shop", "d", "same"));
        var changes = await scene.ImportAsync();
        var failure = changes.Single(c => c.Action == ClusterConfigChangeAction.Failed).Failure!;
        Assert.Equal("ObjectExists", failure.Id);
        Assert.Contains("the field data.value", failure.Message, StringComparison.Ordinal);
        Assert.Equal("d", changes.Single(c => c.Action == ClusterConfigChangeAction.Unchanged).Name);
    }

    [Fact]
    public async Task Apply_changes_what_differs_under_our_own_name()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        scene.Host.Cluster("green").Seed([ConfigMap("shop", "c", "there", ",\"labels\":{\"keep\":\"me\"}")], "kubectl");
        scene.Manifests.Add(ConfigMap("shop", "c", "imported"));
        var change = Assert.Single(await scene.ImportAsync());
        Assert.Equal((ClusterConfigChangeAction.Updated, "konupgrade"), (change.Action, change.FieldManager));
        Assert.Equal("data.value", Assert.Single(change.Fields).Path);
        using var o = await scene.GetAsync("", "ConfigMap", "shop", "c");
        Assert.Equal("imported", o!.Root.GetProperty("data").GetProperty("value").GetString());
        Assert.Equal("me", o.Label("keep"));
    }

    [Fact]
    public async Task Fields_of_other_managers_are_not_taken_unless_by_force()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Existing = ExistingObject.Apply };
        scene.Host.Cluster("green").Seed([ConfigMap("shop", "c", "there")], "helm");
        scene.Manifests.Add(ConfigMap("shop", "c", "imported"));
        var change = Assert.Single(await scene.ImportAsync());
        Assert.Equal((ClusterConfigChangeAction.Failed, "FieldManagerConflict"), (change.Action, change.Failure!.Id));
        Assert.Contains("helm", change.Reason, StringComparison.Ordinal);
        using var o = await scene.GetAsync("", "ConfigMap", "shop", "c");
        Assert.Equal("there", o!.Root.GetProperty("data").GetProperty("value").GetString());
    }

    [Fact]
    public async Task An_existing_definition_is_changed_only_on_demand()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        scene.Host.Cluster("green").Seed([Definition()]);
        scene.Manifests.Add(Definition().Replace("\"type\":\"integer\"", "\"type\":\"integer\",\"minimum\":0", StringComparison.Ordinal));
        var change = Assert.Single(await scene.ImportAsync());
        Assert.Equal(ClusterConfigChangeAction.Skipped, change.Action);
        Assert.Contains("-IncludeCrd", change.Reason, StringComparison.Ordinal);
        scene.Options = scene.Options with { IncludeCrd = true };
        Assert.Equal(ClusterConfigChangeAction.Updated, Assert.Single(await scene.ImportAsync()).Action);
    }

    [Fact]
    public async Task Replicas_under_an_autoscaler_are_left_alone()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        static string Deployment(string name, int replicas, string image) =>
            """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME","namespace":"shop"},"spec":{"replicas":REPLICAS,"selector":{"matchLabels":{"app":"NAME"}},
             "template":{"metadata":{"labels":{"app":"NAME"}},"spec":{"containers":[{"name":"web","image":"IMAGE"}]}}}}
            """.Replace("NAME", name, StringComparison.Ordinal).Replace("REPLICAS", $"{replicas}", StringComparison.Ordinal).Replace("IMAGE", image, StringComparison.Ordinal);
        static string Autoscaler(string name) =>
            """
            {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"NAME","namespace":"shop"},
             "spec":{"minReplicas":1,"maxReplicas":9,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"NAME"}}}
            """.Replace("NAME", name, StringComparison.Ordinal);
        scene.Host.Cluster("green").Seed([Deployment("web", 7, "web:1"), Deployment("api", 7, "web:1"), Deployment("plain", 7, "web:1"), Autoscaler("web")]);
        scene.Manifests.Add(Deployment("web", 2, "web:2")).Add(Deployment("api", 2, "web:1")).Add(Deployment("plain", 2, "web:1")).Add(Autoscaler("api"));
        var changes = (await scene.ImportAsync()).Where(c => c.Kind == "Deployment").ToDictionary(c => c.Name);
        Assert.Equal("spec.template.spec.containers[name=web].image", Assert.Single(changes["web"].Fields).Path);
        Assert.Equal(ClusterConfigChangeAction.Updated, changes["web"].Action);
        Assert.Equal(ClusterConfigChangeAction.Unchanged, changes["api"].Action);
        Assert.Equal("spec.replicas", Assert.Single(changes["plain"].Fields).Path);
        using var web = await scene.GetAsync("apps", "Deployment", "shop", "web");
        Assert.Equal(7, web!.Root.GetProperty("spec").GetProperty("replicas").GetInt32());
    }

    [Fact]
    public async Task Kinds_that_are_not_carried_are_named_with_the_reason()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop"))
            .Add("""{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"p","namespace":"shop"}}""")
            .Add("""{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"p"}}""");
        var summary = await scene.Importer().PrepareAsync(Token);
        Assert.Equal((3, 2, 1), (summary.ObjectCount, summary.SkippedCount, summary.WriteCount));
        var changes = await scene.ImportAsync();
        Assert.Equal(3, changes.Count);
        Assert.All(changes.Where(c => c.Kind != "Namespace"), c => Assert.Equal((ClusterConfigChangeAction.Skipped, false), (c.Action, string.IsNullOrEmpty(c.Reason))));
    }

    [Fact]
    public async Task A_kind_that_the_target_does_not_serve_fails_its_objects_alone()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(Widget("shop", "w")).Add(ConfigMap("shop", "c"));
        var changes = await scene.ImportAsync();
        var failed = changes.Single(c => c.Action == ClusterConfigChangeAction.Failed);
        Assert.Equal(("Widget", "KindNotServed"), (failed.Kind, failed.Failure!.Id));
        Assert.Equal(2, changes.Count(c => c.Action == ClusterConfigChangeAction.Created));
    }

    [Fact]
    public async Task An_object_is_written_in_another_version_where_the_target_serves_only_that()
    {
        await using var scene = await StartAsync("1.33");
        scene.Manifests.Add(Namespace("shop")).Add(
            """{"apiVersion":"autoscaling/v2beta2","kind":"HorizontalPodAutoscaler","metadata":{"name":"h","namespace":"shop"},"spec":{"minReplicas":1,"maxReplicas":3,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"}}}""");
        var change = (await scene.ImportAsync()).Single(c => c.Kind != "Namespace");
        Assert.Equal((ClusterConfigChangeAction.Created, "autoscaling/v2"), (change.Action, change.ApiVersion));
        Assert.Contains("autoscaling/v2beta2", change.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_of_another_shape_is_converted_and_one_that_nothing_replaces_is_refused_with_what_to_do()
    {
        await using var scene = await StartAsync("1.33");
        scene.Manifests.Add(Namespace("shop"))
            .Add("""{"apiVersion":"networking.k8s.io/v1beta1","kind":"Ingress","metadata":{"name":"i","namespace":"shop"},"spec":{"backend":{"serviceName":"web","servicePort":80}}}""")
            .Add("""{"apiVersion":"policy/v1beta1","kind":"PodSecurityPolicy","metadata":{"name":"tight"},"spec":{}}""");
        var changes = await scene.ImportAsync();
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Kind == "Ingress").Action);
        Assert.Equal(80L, (long?)scene.Host.Cluster("green").Objects().Single(o => (string?)o["kind"] == "Ingress")["spec"]!["defaultBackend"]!["service"]!["port"]!["number"]);
        var policy = changes.Single(c => c.Kind == "PodSecurityPolicy");
        Assert.Equal("KindNotServed", policy.Failure!.Id);
        Assert.Contains("Pod Security Admission", policy.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_that_the_target_would_lose_is_refused_and_not_lost()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "c").Replace("\"data\"", "\"colour\":\"red\",\"data\"", StringComparison.Ordinal));
        var change = (await scene.ImportAsync()).Single(c => c.Kind == "ConfigMap");
        Assert.Equal(ClusterConfigChangeAction.Failed, change.Action);
        Assert.Contains("colour", change.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Owned_objects_wait_for_their_owners_and_get_their_new_uids()
    {
        await using var scene = await StartAsync();
        const string OwnedByWidget = ",\"ownerReferences\":[{\"apiVersion\":\"shop.example/v1\",\"kind\":\"Widget\",\"name\":\"w\",\"controller\":true}]";
        scene.Manifests.Add(Namespace("shop")).Add(Definition())
            .Add(ConfigMap("shop", "owned", more: OwnedByWidget)).Add(Widget("shop", "second", OwnedByWidget)).Add(Widget("shop", "w"));
        var changes = await scene.ImportAsync();
        Assert.All(changes, c => Assert.Equal(ClusterConfigChangeAction.Created, c.Action));
        var uid = changes.Single(c => c.Kind == "Widget" && c.Name == "w").Uid;
        foreach (var (group, kind, name) in new[] { ("", "ConfigMap", "owned"), ("shop.example", "Widget", "second") })
        {
            using var o = await scene.GetAsync(group, kind, "shop", name);
            Assert.Equal(uid, Assert.Single(o!.Metadata.GetProperty("ownerReferences").EnumerateArray().ToList()).GetProperty("uid").GetString());
        }
    }

    [Fact]
    public async Task An_owner_that_is_on_the_target_already_is_found_there()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([ConfigMap("shop", "owner")]);
        scene.Manifests.Add(ConfigMap("shop", "owned", more: ",\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"name\":\"owner\"}]"));
        Assert.Equal(ClusterConfigChangeAction.Created, Assert.Single(await scene.ImportAsync()).Action);
    }

    [Fact]
    public async Task Without_its_owner_an_object_fails_since_the_target_would_delete_it()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop"))
            .Add(ConfigMap("shop", "owned", more: ",\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"name\":\"nobody\"}]"));
        Assert.Equal("OwnerMissing", (await scene.ImportAsync()).Single(c => c.Kind == "ConfigMap").Failure!.Id);
    }

    [Fact]
    public async Task Owners_in_a_circle_fail_and_end()
    {
        await using var scene = await StartAsync();
        static string Owned(string name, string by) => ConfigMap("shop", name, more: $",\"ownerReferences\":[{{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"name\":\"{by}\"}}]");
        scene.Manifests.Add(Namespace("shop")).Add(Owned("a", "b")).Add(Owned("b", "c")).Add(Owned("c", "a"));
        var failed = (await scene.ImportAsync()).Where(c => c.Action == ClusterConfigChangeAction.Failed).ToList();
        Assert.Equal(3, failed.Count);
        Assert.Contains(failed, c => c.Failure!.Id == "OwnerCircle");
    }

    [Fact]
    public async Task An_object_that_the_target_refuses_fails_alone_with_what_the_server_said()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "good"))
            .Add("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"bad","namespace":"shop"},"spec":{"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"x","image":"x"}]}}}}""")
            .Add(ConfigMap("shop", "denied")).Add(ConfigMap("shop", "quota"));
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "create", Resource = "configmaps", Name = "denied", Count = null });
        scene.Host.Faults.Add(new SandboxFault
        {
            Kind = FaultKind.Refuse,
            Verb = "create",
            Resource = "configmaps",
            Name = "quota",
            Count = null,
            Message = "configmaps \"quota\" is forbidden: exceeded quota: objects, requested: count/configmaps=1, used: count/configmaps=5, limited: count/configmaps=5",
        });
        var changes = await scene.ImportAsync();
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Name == "good").Action);
        Assert.Equal("Invalid", changes.Single(c => c.Name == "bad").Failure!.Id);
        Assert.Contains("spec.selector", changes.Single(c => c.Name == "bad").Reason, StringComparison.Ordinal);
        Assert.Equal("AdmissionDenied", changes.Single(c => c.Name == "denied").Failure!.Id);
        Assert.Equal(("QuotaExceeded", FailureKind.LimitsExceeded), changes.Single(c => c.Name == "quota").Failure is { } f ? (f.Id, f.Kind) : default);
    }

    [Fact]
    public async Task A_quota_arrives_after_what_it_counts_and_one_that_freezes_before_the_workloads()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop"))
            .Add("""{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"frozen","namespace":"shop"},"spec":{"hard":{"pods":"0"}}}""")
            .Add("""{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"tight","namespace":"shop"},"spec":{"hard":{"services":"2"}}}""")
            .Add("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop"},"spec":{"ports":[{"port":80}]}}""")
            .Add("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"x","image":"x"}]}}}}""")
            .Add("""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"nightly","namespace":"shop"},"spec":{"schedule":"0 3 * * *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"x","image":"x"}]}}}}}}""");
        var changes = await scene.ImportAsync();
        Assert.All(changes, change => Assert.Equal(ClusterConfigChangeAction.Created, change.Action));
        Assert.Equal(["shop", "frozen", "web", "web", "nightly", "tight"], changes.Select(change => change.Name));
    }

    [Fact]
    public async Task A_refused_create_of_what_is_there_already_is_no_failure()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([ConfigMap("shop", "c"), ConfigMap("shop", "d", "there")]);
        scene.Manifests.Add(ConfigMap("shop", "c")).Add(ConfigMap("shop", "d", "imported")).Add(ConfigMap("shop", "new"));
        // Servers ask quotas, port allocators and webhooks before they see that the object exists.
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "create", Resource = "configmaps", StatusCode = 422, Reason = "Invalid", Count = null });
        var changes = (await scene.ImportAsync()).ToDictionary(c => c.Name);
        Assert.Equal(ClusterConfigChangeAction.Unchanged, changes["c"].Action);
        Assert.Equal(ClusterConfigChangeAction.Skipped, changes["d"].Action);
        Assert.Equal((ClusterConfigChangeAction.Failed, "AdmissionDenied"), (changes["new"].Action, changes["new"].Failure!.Id));
    }

    [Fact]
    public async Task Where_a_quota_counts_nothing_that_is_there_is_created_again()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([ConfigMap("shop", "c"), """{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"q","namespace":"shop"},"spec":{"hard":{"count/configmaps":"5"}}}"""]);
        scene.Manifests.Add(ConfigMap("shop", "c")).Add(ConfigMap("shop", "new"));
        var creates = scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Slow, Verb = "create", Resource = "configmaps", Delay = TimeSpan.FromMilliseconds(1), Count = null });
        var changes = (await scene.ImportAsync()).ToDictionary(c => c.Name);
        Assert.Equal(ClusterConfigChangeAction.Unchanged, changes["c"].Action);
        Assert.Equal(ClusterConfigChangeAction.Created, changes["new"].Action);
        Assert.Equal(1, scene.Host.Faults.Struck(creates));
    }

    [Fact]
    public async Task Faults_on_the_way_are_gone_through()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop"));
        for (var i = 0; i < 60; i++)
            scene.Manifests.Add(ConfigMap("shop", $"c{i}"));
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.TooManyRequests, Verb = "create", Resource = "configmaps", Skip = 3, Count = 5, RetryAfterSeconds = 0 });
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, Verb = "create", Resource = "configmaps", Skip = 12, Count = 3 });
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Verb = "create", Resource = "configmaps", Skip = 30, Count = 2 });
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Verb = "create", Resource = "configmaps", Skip = 40, Count = 2, AfterBytes = 20 });
        var changes = await scene.ImportAsync();
        Assert.Equal(61, changes.Count);
        Assert.All(changes, c => Assert.Equal(ClusterConfigChangeAction.Created, c.Action));
    }

    [Fact]
    public async Task A_namespace_that_can_not_be_made_fails_what_lives_in_it_with_its_reason()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "c")).Add(Namespace("other")).Add(ConfigMap("other", "c"));
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "create", Resource = "namespaces", Name = "shop", Count = null });
        var changes = await scene.ImportAsync();
        Assert.Equal(2, changes.Count(c => c.Action == ClusterConfigChangeAction.Created));
        Assert.Contains("namespace shop", changes.Single(c => c.Kind == "ConfigMap" && c.Namespace == "shop").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_that_is_being_deleted_is_waited_for()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop"), ConfigMap("shop", "last", more: ",\"finalizers\":[\"shop.example/hold\"]")]);
        await DeleteNamespaceAsync(scene, "shop");
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "c"));
        scene.Options = scene.Options with { Timeout = TimeSpan.FromSeconds(60) };
        var running = scene.ImportAsync();
        var catalog = await scene.Green.Client.DiscoverAsync(Token);
        using var released = await scene.Green.Client.PatchAsync(
            catalog.Find("", "v1", "ConfigMap")!, "shop", "last", PatchKind.Merge, """{"metadata":{"finalizers":null}}"""u8.ToArray(), new WriteOptions(), Token);
        Assert.All(await running, c => Assert.Equal((c.Kind, ClusterConfigChangeAction.Created), (c.Kind, c.Action)));
    }

    [Fact]
    public async Task A_namespace_whose_deletion_does_not_end_fails_what_lives_in_it()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop"), ConfigMap("shop", "last", more: ",\"finalizers\":[\"shop.example/hold\"]")]);
        await DeleteNamespaceAsync(scene, "shop");
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "c"));
        scene.Options = scene.Options with { Timeout = TimeSpan.FromMilliseconds(200) };
        var changes = await scene.ImportAsync();
        Assert.Equal("ObjectTerminating", changes.Single(c => c.Kind == "Namespace").Failure!.Id);
        Assert.Equal("NamespaceNotFound", changes.Single(c => c.Kind == "ConfigMap").Failure!.Id);
    }

    [Fact]
    public async Task A_definition_that_is_not_established_fails_its_objects()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Definition(), Namespace("shop")]);
        // Another plural for a kind that is taken: the server stores it, and never serves it.
        scene.Manifests.Add(Definition().Replace("widgets", "widgetz", StringComparison.Ordinal));
        scene.Options = scene.Options with { Timeout = TimeSpan.FromMilliseconds(300) };
        var change = Assert.Single(await scene.ImportAsync());
        Assert.Equal("CrdNotEstablished", change.Failure!.Id);
        Assert.Contains("NamesAccepted", change.Reason, StringComparison.Ordinal);
    }

    // Far longer than a test may take: only a failure at once ends it.
    [Theory(Timeout = 120_000)]
    [InlineData("NamesAccepted", "widgets", "widgetz")]
    [InlineData("The conversion webhook CABundle is invalid", "\"scope\"",
        "\"conversion\":{\"strategy\":\"Webhook\",\"webhook\":{\"conversionReviewVersions\":[\"v1\"],\"clientConfig\":{\"caBundle\":\"Cg==\",\"service\":{\"namespace\":\"shop\",\"name\":\"convert\"}}}},\"scope\"")]
    public async Task A_definition_that_waiting_does_not_establish_fails_at_once_with_its_objects(string said, string good, string bad)
    {
        await using var scene = await StartAsync();
        var isTaken = good == "widgets";
        scene.Host.Cluster("green").Seed(isTaken ? [Definition(), Namespace("shop")] : [Namespace("shop")]);
        scene.Manifests.Add(Definition().Replace(good, bad, StringComparison.Ordinal)).Add(Definition("Gadget")).Add(Widget("shop", "w"));
        scene.Options = scene.Options with { Timeout = TimeSpan.FromHours(1) };
        var changes = await scene.ImportAsync();
        var definition = changes.Single(c => c.Failure?.Id == "CrdNotEstablished");
        Assert.Contains(said, definition.Reason, StringComparison.Ordinal);
        Assert.Equal("KindNotServed", changes.Single(c => c.Name == "w").Failure!.Id);
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Name == "gadgets.shop.example").Action);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_definition_that_is_mended_is_not_judged_by_what_the_server_said_before()
    {
        await using var scene = await StartAsync();
        const string Untrusted = "\"conversion\":{\"strategy\":\"Webhook\",\"webhook\":{\"conversionReviewVersions\":[\"v1\"],\"clientConfig\":{\"caBundle\":\"Cg==\",\"url\":\"https://127.0.0.1:1/c\"}}},\"scope\"";
        scene.Host.Cluster("green").Seed([Namespace("shop"), Definition().Replace("\"scope\"", Untrusted, StringComparison.Ordinal)]);
        scene.Manifests.Add(Definition().Replace("\"scope\"", Untrusted.Replace("\"caBundle\":\"Cg==\",", "", StringComparison.Ordinal).Replace("/c\"", "/d\",\"caBundle\":\"\"", StringComparison.Ordinal), StringComparison.Ordinal));
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, IncludeCrd = true, ForceConflict = true };
        Assert.Equal(ClusterConfigChangeAction.Updated, Assert.Single(await scene.ImportAsync()).Action);
    }

    [Fact]
    public async Task What_a_definition_waits_for_is_told()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Definition());
        Assert.Equal(ClusterConfigChangeAction.Created, Assert.Single(await scene.ImportAsync()).Action);
        Assert.Contains(scene.Reporter.Of("verbose"), m => m.Contains("widgets.shop.example: waiting until the target serves it: its condition NamesAccepted is not there", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Old_objects_mean_the_same_in_their_new_version()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop")]);
        scene.Manifests.Add(Namespace("shop"));
        foreach (var (name, selector) in new[] { ("chosen", """{"matchLabels":{"a":"b"}}"""), ("empty", "{}") })
            scene.Manifests.Add($$$"""{"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget","metadata":{"name":"{{{name}}}","namespace":"shop"},"spec":{"minAvailable":1,"selector":{{{selector}}}}}""");
        var changes = await scene.ImportAsync();
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Name == "chosen").Action);
        var empty = changes.Single(c => c.Name == "empty");
        Assert.Equal(ClusterConfigChangeAction.Created, empty.Action);
        Assert.Contains("selected no pod", empty.Reason, StringComparison.Ordinal);
        Assert.Null(scene.Host.Cluster("green").Objects().Single(o => (string?)o["kind"] == "PodDisruptionBudget" && (string?)o["metadata"]!["name"] == "empty")["spec"]!["selector"]);
    }

    [Fact]
    public async Task In_a_dry_run_what_is_owned_by_something_new_is_not_checked()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop")]);
        scene.Manifests.Add(Definition()).Add(Widget("shop", "w"))
            .Add(ConfigMap("shop", "owned", more: ",\"ownerReferences\":[{\"apiVersion\":\"shop.example/v1\",\"kind\":\"Widget\",\"name\":\"w\"}]"));
        scene.Options = scene.Options with { DryRun = true };
        var changes = await scene.ImportAsync();
        Assert.All(changes, c => Assert.Equal(ClusterConfigChangeAction.Created, c.Action));
        Assert.Contains("Its owner", changes.Single(c => c.Kind == "ConfigMap").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_is_not_imported_into_itself_whatever_its_name()
    {
        await using var scene = await StartAsync();
        var uid = (await scene.Green.GetIdentityAsync(Token)).Uid;
        scene.Manifests.Add(Namespace("shop"));
        var e = await Assert.ThrowsAsync<UpgradeException>(() => scene.Importer(export: Export(uid)).PrepareAsync(Token));
        Assert.Equal(("SameCluster", FailureKind.Refused), (e.Failure.Id, e.Failure.Kind));
        Assert.Null(await scene.GetAsync("", "Namespace", null, "shop"));
    }

    [Fact]
    public async Task A_target_that_can_not_be_told_from_others_is_not_changed()
    {
        await using var scene = await StartAsync(context: "green-nobody");
        scene.Manifests.Add(Namespace("shop"));
        var e = await Assert.ThrowsAsync<UpgradeException>(() => scene.Importer().PrepareAsync(Token));
        Assert.Equal("IdentityUnknown", e.Failure.Id);
    }

    [Fact]
    public async Task An_export_that_is_not_complete_is_refused_unless_that_is_allowed()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop"));
        var e = await Assert.ThrowsAsync<UpgradeException>(() => scene.Importer(export: Export("other", complete: false)).PrepareAsync(Token));
        Assert.Equal("ExportIncomplete", e.Failure.Id);
        scene.Options = scene.Options with { AllowPartial = true };
        Assert.Single(await scene.ImportAsync(export: Export("other", complete: false)));
    }

    [Fact]
    public async Task Altered_files_are_refused_before_anything_is_written_unless_that_is_allowed()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).AddProblem(new ManifestFile(scene.Manifests)
        {
            FilePath = "/export/gone.yaml",
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Namespace = "shop",
            Name = "gone",
            Problem = ManifestFailures.Missing("/export/gone.yaml"),
        });
        var e = await Assert.ThrowsAsync<UpgradeException>(() => scene.Importer(export: Export("other")).PrepareAsync(Token));
        Assert.Equal("MissingFile", e.Failure.Id);
        Assert.Contains("/export/gone.yaml", e.Failure.Message, StringComparison.Ordinal);
        scene.Options = scene.Options with { AllowModified = true };
        var changes = await scene.ImportAsync(export: Export("other"));
        Assert.Equal("MissingFile", changes.Single(c => c.Name == "gone").Failure!.Id);
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Name == "shop").Action);
    }

    [Fact]
    public async Task A_dry_run_writes_nothing_and_tells_of_every_object()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([ConfigMap("there", "c", "old")]);
        scene.Manifests.Add(Namespace("shop")).Add(Definition()).Add(ConfigMap("shop", "c")).Add(Widget("shop", "w")).Add(ConfigMap("there", "c", "new")).Add(ConfigMap("there", "d"));
        scene.Options = scene.Options with { DryRun = true, Existing = ExistingObject.Apply, ForceConflict = true };
        var revision = scene.Host.Cluster("green").Revision;
        var changes = await scene.ImportAsync();
        Assert.Equal(revision, scene.Host.Cluster("green").Revision);
        Assert.Equal(6, changes.Count);
        Assert.Equal(ClusterConfigChangeAction.Updated, changes.Single(c => c.Namespace == "there" && c.Name == "c").Action);
        Assert.All(changes.Where(c => c.Action != ClusterConfigChangeAction.Updated), c => Assert.Equal(ClusterConfigChangeAction.Created, c.Action));
        Assert.Contains("Its namespace", changes.Single(c => c.Namespace == "shop" && c.Kind == "ConfigMap").Reason, StringComparison.Ordinal);
        Assert.Contains("Its kind", changes.Single(c => c.Kind == "Widget").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_selection_imports_what_it_names_and_mentions_nothing_else()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(Namespace("other")).Add(ConfigMap("shop", "c", more: ",\"labels\":{\"app\":\"web\"}")).Add(ConfigMap("shop", "d")).Add(ConfigMap("other", "c"));
        scene.Options = scene.Options with { Selection = new ClusterConfigSelection { Namespace = ["shop"] } };
        Assert.Equal(3, (await scene.ImportAsync()).Count);
        scene.Options = scene.Options with { Selection = new ClusterConfigSelection { Kind = ["cm"], LabelSelector = "app=web" } };
        Assert.Equal("c", Assert.Single(await scene.ImportAsync()).Name);
    }

    [Fact]
    public async Task A_definition_of_v1beta1_becomes_one_of_v1_and_its_objects_lose_nothing()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add("""
            {"apiVersion":"apiextensions.k8s.io/v1beta1","kind":"CustomResourceDefinition","metadata":{"name":"gadgets.old.example"},"spec":{"group":"old.example","version":"v1","scope":"Namespaced",
             "names":{"kind":"Gadget","listKind":"GadgetList","plural":"gadgets","singular":"gadget"},"validation":{"openAPIV3Schema":{"properties":{"spec":{"properties":{"size":{"type":"integer"}}}}}}}}
            """).Add("""{"apiVersion":"old.example/v1","kind":"Gadget","metadata":{"name":"g","namespace":"shop"},"spec":{"size":1,"unknown":{"deep":true}}}""");
        var changes = await scene.ImportAsync();
        Assert.All(changes, change => Assert.Equal(ClusterConfigChangeAction.Created, change.Action));
        var definition = changes.Single(change => change.Kind == "CustomResourceDefinition");
        Assert.Equal("apiextensions.k8s.io/v1", definition.ApiVersion);
        Assert.Contains("Written as apiextensions.k8s.io/v1", definition.Reason, StringComparison.Ordinal);
        Assert.Contains("Unknown fields were kept", definition.Reason, StringComparison.Ordinal);
        using var gadget = await scene.Green.Client.GetAsync(
            new ApiResource { Group = "old.example", Version = "v1", Kind = "Gadget", Plural = "gadgets", Namespaced = true }, "shop", "g", Token);
        Assert.True(gadget!.Root.GetProperty("spec").GetProperty("unknown").GetProperty("deep").GetBoolean());
        Assert.All(await scene.ImportAsync(), change => Assert.Equal(ClusterConfigChangeAction.Unchanged, change.Action));
    }

    [Fact]
    public async Task A_kind_that_nobody_knows_is_an_error_and_not_nothing_to_do()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(Widget("shop", "w"));
        scene.Options = scene.Options with { Selection = new ClusterConfigSelection { Kind = ["Widget", "Deploymnt"] } };
        var e = await Assert.ThrowsAsync<UpgradeException>(() => scene.Importer().PrepareAsync(Token));
        Assert.Equal("KindNotFound", e.Failure.Id);
        Assert.Contains("'Deploymnt'", e.Failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Widget", e.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("appz", null, "GroupNotFound")]
    [InlineData(null, "shopp", "NamespaceNotFound")]
    public async Task A_group_or_namespace_that_nobody_knows_is_an_error_too(string? group, string? ns, string id)
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "c"));
        scene.Options = scene.Options with { Selection = new ClusterConfigSelection { Group = group is null ? [] : ["core", group], Namespace = ns is null ? [] : ["shop", ns] } };
        var e = await Assert.ThrowsAsync<UpgradeException>(() => scene.Importer().PrepareAsync(Token));
        Assert.Equal(id, e.Failure.Id);
        Assert.Contains($"'{group ?? ns}'", e.Failure.Message, StringComparison.Ordinal);
        // One that is on the target is known, also where the import has nothing of it.
        scene.Options = scene.Options with { Selection = new ClusterConfigSelection { Group = ["core", "apps"], Namespace = ["shop", "kube-system"] } };
        Assert.Equal(2, (await scene.Importer().PrepareAsync(Token)).ObjectCount);
    }

    [Fact]
    public async Task The_same_object_twice_is_imported_once_and_told()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(Namespace("shop"));
        var changes = await scene.ImportAsync();
        Assert.Equal("DuplicateObject", changes.Single(c => c.Action == ClusterConfigChangeAction.Failed).Failure!.Id);
        Assert.Equal(2, changes.Count);
    }

    [Fact]
    public async Task Stopping_to_read_stops_the_writing()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { ThrottleLimit = 2 };
        scene.Manifests.Add(Namespace("shop"));
        for (var i = 0; i < 500; i++)
            scene.Manifests.Add(ConfigMap("shop", $"c{i}"));
        await foreach (var _ in scene.Importer().RunAsync(Token))
            break;
        var after = scene.Host.Cluster("green").Revision;
        Assert.True(scene.Host.Cluster("green").Count("", "configmaps") < 200);
        using var one = await scene.GetAsync("", "Namespace", null, "shop");
        Assert.Equal(after, scene.Host.Cluster("green").Revision);
    }

    [Fact]
    public async Task A_cancelled_import_ends_soon()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "slow"));
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Slow, Verb = "create", Resource = "configmaps", Delay = TimeSpan.FromMinutes(1), Count = null });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in scene.Importer().RunAsync(stop.Token))
            {
                seen++;
                stop.CancelAfter(TimeSpan.FromMilliseconds(50));
            }
        });
        Assert.Equal(1, seen);
    }

    [Fact]
    public async Task A_webhook_of_the_target_whose_back_end_does_not_come_fails_what_it_judges_and_nothing_else()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Timeout = TimeSpan.FromMilliseconds(300) };
        scene.Host.Cluster("green").Seed([
            """{"apiVersion":"v1","kind":"Service","metadata":{"name":"judge","namespace":"judges"},"spec":{"ports":[{"port":443}],"selector":{"app":"judge"}}}""",
            """
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"judge"},"webhooks":[{"name":"judge.shop.example","sideEffects":"None","admissionReviewVersions":["v1"],
             "clientConfig":{"service":{"name":"judge","namespace":"judges"}},"rules":[{"apiGroups":["shop.example"],"apiVersions":["*"],"operations":["CREATE"],"resources":["widgets"]}],
             "objectSelector":{"matchExpressions":[{"key":"unjudged","operator":"DoesNotExist"}]}}]}
            """]);
        scene.Manifests.Add(Namespace("shop")).Add(Definition()).Add(ConfigMap("shop", "c")).Add(Widget("shop", "w")).Add(Widget("shop", "x", ",\"labels\":{\"unjudged\":\"\"}"));
        var changes = await scene.ImportAsync();
        var failed = changes.Single(c => c.Action == ClusterConfigChangeAction.Failed);
        Assert.Equal(("w", "WebhookBackEndNotReady"), (failed.Name, failed.Failure!.Id));
        Assert.Contains("judges/judge", failed.Reason, StringComparison.Ordinal);
    }

    private static async Task DeleteNamespaceAsync(ImportScene scene, string name)
    {
        var catalog = await scene.Green.Client.DiscoverAsync(Token);
        await scene.Green.Client.DeleteAsync(catalog.Find("", "v1", "Namespace")!, null, name, new DeleteOptions(), Token);
    }

    private static ClusterConfigExport Export(string? uid, bool complete = true) =>
        new() { Path = "/export", Context = "blue", ClusterUid = uid, System = "Kubernetes", Complete = complete, ObjectCount = 1, LeftOutCount = 0 };
}
