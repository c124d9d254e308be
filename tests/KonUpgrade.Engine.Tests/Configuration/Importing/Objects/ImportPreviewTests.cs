using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using static KonUpgrade.Engine.Tests.Configuration.ImportScene;

namespace KonUpgrade.Engine.Tests.Configuration.Importing.Objects;

public sealed class ImportPreviewTests
{
    private const string RefusesDryRuns = "admission webhook \"old.example.com\" does not support dry run";

    [Fact]
    public async Task What_the_server_tried_or_has_is_verified_by_the_server()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([ConfigMap("there", "same"), ConfigMap("there", "other", "old")]);
        scene.Manifests.Add(ConfigMap("there", "same")).Add(ConfigMap("there", "other", "new")).Add(ConfigMap("there", "fresh")).Add(ConfigMap("nowhere", "lost"));
        var changes = await scene.PreviewAsync();
        Assert.All(changes, c => Assert.Equal(ImportVerification.Server, c.Verified));
        Assert.Equal(
            [("fresh", ClusterConfigChangeAction.Created), ("lost", ClusterConfigChangeAction.Failed), ("other", ClusterConfigChangeAction.Skipped), ("same", ClusterConfigChangeAction.Unchanged)],
            changes.OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => (c.Name, c.Action)));
        Assert.Null(changes.Single(c => c.Name == "fresh").Uid);
        Assert.All(await scene.ImportAsync(), c => Assert.Null(c.Verified));
    }

    [Fact]
    public async Task What_a_rule_leaves_alone_has_nothing_to_verify()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add("""{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"v"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/x"}}}""");
        var change = Assert.Single(await scene.PreviewAsync());
        Assert.Equal((ClusterConfigChangeAction.Skipped, null), (change.Action, change.Verified));
    }

    [Fact]
    public async Task Nothing_is_written_but_in_dry_runs()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([ConfigMap("there", "c", "old")]);
        var writes = new[] { "create", "update", "patch", "delete", "deletecollection" }
            .Select(verb => scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, Verb = verb, DryRun = false, Count = null })).ToList();
        var trials = scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Slow, Delay = TimeSpan.Zero, DryRun = true, Count = null });
        scene.Manifests.Add(Namespace("shop")).Add(Definition()).Add(Widget("shop", "w")).Add(ConfigMap("there", "c", "new")).Add(ConfigMap("there", "d"));
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        var revision = scene.Host.Cluster("green").Revision;
        Assert.All(await scene.PreviewAsync(), c => Assert.NotEqual(ClusterConfigChangeAction.Failed, c.Action));
        Assert.All(writes, id => Assert.Equal(0, scene.Host.Faults.Struck(id)));
        Assert.True(scene.Host.Faults.Struck(trials) > 0);
        Assert.Equal(revision, scene.Host.Cluster("green").Revision);
    }

    [Fact]
    public async Task A_change_shows_what_would_be_there_and_what_is()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([ConfigMap("there", "c", "old")]);
        scene.Manifests.Add(ConfigMap("there", "c", "new"));
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        var change = Assert.Single(await scene.PreviewAsync());
        Assert.Equal(ClusterConfigChangeAction.Updated, change.Action);
        var field = Assert.Single(change.Fields);
        Assert.Equal(("data.value", "\"new\"", "\"old\""), (field.Path, field.Reference, field.Difference));
    }

    [Fact]
    public async Task A_new_object_shows_what_the_server_adds_to_it()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("there")]);
        scene.Manifests.Add("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"s","namespace":"there"},"spec":{"selector":{"app":"a"},"ports":[{"port":80}]}}""");
        var change = Assert.Single(await scene.PreviewAsync());
        Assert.Equal(ClusterConfigChangeAction.Created, change.Action);
        var field = Assert.Single(change.Fields, f => f.Path == "spec.sessionAffinity");
        Assert.Equal((null, "\"None\""), (field.Reference, field.Difference));
        Assert.DoesNotContain(change.Fields, f => f.Path.StartsWith("metadata.uid", StringComparison.Ordinal) || f.Path.StartsWith("status", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_value_of_a_secret_is_shown()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Secret("there", "is", "b2xk")]);
        scene.Manifests.Add(Secret("there", "is", "bmV3")).Add(Secret("there", "comes", "bmV3"));
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        var changes = await scene.PreviewAsync();
        Assert.Contains(changes, c => c is { Name: "is", Action: ClusterConfigChangeAction.Updated, Fields.Count: > 0 });
        Assert.All(changes.SelectMany(c => c.Fields), f => Assert.Equal((null, null), (f.Reference, f.Difference)));
    }

    [Fact]
    public async Task What_a_webhook_refuses_to_try_is_not_verified_and_has_not_failed()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([ConfigMap("there", "is", "old"), ConfigMap("there", "same")]);
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 400, Message = RefusesDryRuns, Resource = "configmaps", DryRun = true, Count = null });
        scene.Manifests.Add(ConfigMap("there", "is", "new")).Add(ConfigMap("there", "same")).Add(ConfigMap("there", "fresh"));
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        var changes = await scene.PreviewAsync();
        Assert.Equal((ClusterConfigChangeAction.Unchanged, ImportVerification.Server), Of(changes, "same"));
        Assert.Equal((ClusterConfigChangeAction.Updated, ImportVerification.None), Of(changes, "is"));
        Assert.Equal((ClusterConfigChangeAction.Created, ImportVerification.None), Of(changes, "fresh"));
        Assert.Equal("data.value", Assert.Single(changes.Single(c => c.Name == "is").Fields).Path);
        Assert.All(changes.Where(c => c.Verified == ImportVerification.None), c => Assert.Contains("old.example.com", c.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_apply_that_changes_nothing_is_told_from_one_that_changes_an_owner()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([ConfigMap("there", "c", "old")]);
        scene.Manifests.Add(ConfigMap("there", "c", "new"));
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        Assert.Equal(ClusterConfigChangeAction.Updated, Assert.Single(await scene.PreviewAsync()).Action);
        Assert.Equal(ClusterConfigChangeAction.Updated, Assert.Single(await scene.ImportAsync()).Action);
        Assert.Equal(ClusterConfigChangeAction.Unchanged, Assert.Single(await scene.PreviewAsync()).Action);
    }

    [Fact]
    public async Task What_needs_a_definition_of_the_import_is_checked_against_its_schema()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop")]);
        scene.Manifests.Add(Definition()).Add(Widget("shop", "good")).Add(Widget("shop", "wrong", spec: "{\"size\":\"big\"}")).Add(Widget("shop", "strange", spec: "{\"colour\":\"red\"}"))
            .Add(ConfigMap("shop", "owned", more: ",\"ownerReferences\":[{\"apiVersion\":\"shop.example/v1\",\"kind\":\"Widget\",\"name\":\"good\"}]"));
        var changes = await scene.PreviewAsync();
        var good = changes.Single(c => c.Name == "good");
        Assert.Equal((ClusterConfigChangeAction.Created, ImportVerification.Schema, null), (good.Action, good.Verified, good.Uid));
        Assert.Contains("Its kind comes with this import", good.Reason, StringComparison.Ordinal);
        var wrong = changes.Single(c => c.Name == "wrong");
        Assert.Equal((ClusterConfigChangeAction.Failed, ImportVerification.Schema, "SchemaMismatch"), (wrong.Action, wrong.Verified, wrong.Failure!.Id));
        Assert.Contains("spec.size: must be integer", wrong.Reason, StringComparison.Ordinal);
        Assert.Contains("spec.colour: is an unknown field", changes.Single(c => c.Name == "strange").Reason, StringComparison.Ordinal);
        var owned = changes.Single(c => c.Name == "owned");
        Assert.Equal((ClusterConfigChangeAction.Created, ImportVerification.Server), (owned.Action, owned.Verified));
        Assert.Contains("Its owner Widget good comes with this import", owned.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_needs_a_namespace_of_the_import_is_checked_against_what_the_target_publishes()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "good")).Add(ConfigMap("shop", "strange", more: ",\"labels\":{\"a\":1}"));
        var changes = await scene.PreviewAsync();
        var good = changes.Single(c => c.Name == "good");
        Assert.Equal((ClusterConfigChangeAction.Created, ImportVerification.Schema), (good.Action, good.Verified));
        Assert.Contains("Its namespace comes with this import", good.Reason, StringComparison.Ordinal);
        Assert.Equal((ClusterConfigChangeAction.Failed, ImportVerification.Schema), Of(changes, "strange"));
    }

    [Fact]
    public async Task Where_the_target_publishes_no_schema_nothing_is_verified()
    {
        await using var scene = await StartAsync("1.23");
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "c"));
        Assert.Equal((ClusterConfigChangeAction.Created, ImportVerification.None), Of(await scene.PreviewAsync(), "c"));
    }

    [Fact]
    public async Task A_definition_that_the_import_changes_decides_about_its_objects()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Definition(), Namespace("shop"), Widget("shop", "is")]);
        scene.Manifests.Add(Definition().Replace("{\"size\":{\"type\":\"integer\"}}", "{\"size\":{\"type\":\"integer\"},\"colour\":{\"type\":\"string\"}}", StringComparison.Ordinal))
            .Add(Widget("shop", "is", spec: "{\"size\":1,\"colour\":\"red\"}")).Add(Widget("shop", "fresh", spec: "{\"colour\":\"red\"}")).Add(Widget("shop", "strange", spec: "{\"taste\":\"sour\"}"));
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, IncludeCrd = true, ForceConflict = true };
        var predicted = await scene.PreviewAsync();
        Assert.Equal((ClusterConfigChangeAction.Updated, ImportVerification.Schema), Of(predicted, "is"));
        Assert.Equal((ClusterConfigChangeAction.Created, ImportVerification.Schema), Of(predicted, "fresh"));
        Assert.Equal((ClusterConfigChangeAction.Failed, ImportVerification.Schema), Of(predicted, "strange"));
        AssertForetold(predicted, await scene.ImportAsync());
    }

    [Fact]
    public async Task A_definition_that_no_server_would_serve_fails_with_its_objects()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop")]);
        scene.Manifests.Add(Definition().Replace("\"scope\"", """
            "conversion":{"strategy":"Webhook","webhook":{"conversionReviewVersions":["v1"],"clientConfig":{"caBundle":"Cg==","service":{"namespace":"shop","name":"convert"}}}},"scope"
            """, StringComparison.Ordinal))
            .Add(Widget("shop", "w"));
        var changes = await scene.PreviewAsync();
        var definition = changes.Single(c => c.Kind == "CustomResourceDefinition").Failure!;
        Assert.Equal("CrdNotEstablished", definition.Id);
        Assert.Contains("is not on the target, which would take it and not serve it: the caBundle", definition.Message, StringComparison.Ordinal);
        Assert.Equal("KindNotServed", changes.Single(c => c.Name == "w").Failure!.Id);
    }

    // What real servers do, 1.33: the sandbox lets several definitions have a short name.
    [Fact]
    public async Task A_definition_whose_short_name_another_has_is_not_served()
    {
        await using var scene = await StartAsync();
        static string Short(string kind, string name) => Definition(kind).Replace("\"singular\"", $"\"shortNames\":[\"{name}\"],\"singular\"", StringComparison.Ordinal);
        scene.Host.Cluster("green").Seed([Namespace("shop"), Short("Gadget", "wx")]);
        scene.Manifests.Add(Short("Widget", "wx")).Add(Short("Gizmo", "gz")).Add(Widget("shop", "w"));
        var changes = await scene.PreviewAsync();
        Assert.Contains("the name wx is taken by gadgets.shop.example", changes.Single(c => c.Name == "widgets.shop.example").Reason, StringComparison.Ordinal);
        Assert.Equal("KindNotServed", changes.Single(c => c.Name == "w").Failure!.Id);
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Name == "gizmos.shop.example").Action);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_definition_that_is_there_and_is_not_served_fails_with_its_objects(bool changes)
    {
        await using var scene = await StartAsync();
        // Another definition has the kind: this one is there, and refused.
        scene.Host.Cluster("green").Seed([Namespace("shop"), Definition().Replace("widgets", "widgetz", StringComparison.Ordinal), Definition()]);
        scene.Manifests.Add(changes ? Definition().Replace("\"size\":{", "\"weight\":{\"type\":\"integer\"},\"size\":{", StringComparison.Ordinal) : Definition()).Add(Widget("shop", "w"));
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, IncludeCrd = true, ForceConflict = true, Timeout = TimeSpan.FromSeconds(2) };
        var predicted = await scene.PreviewAsync();
        var definition = predicted.Single(c => c.Kind == "CustomResourceDefinition").Failure!;
        Assert.Equal("CrdNotEstablished", definition.Id);
        Assert.Contains(changes ? "would be changed on the target, which would not serve it" : "is on the target, which does not serve it", definition.Message, StringComparison.Ordinal);
        Assert.Equal("KindNotServed", predicted.Single(c => c.Name == "w").Failure!.Id);
        AssertForetold(predicted, await scene.ImportAsync());
    }

    [Fact]
    public async Task What_is_judged_by_a_webhook_that_comes_with_the_import_is_not_verified()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop")]);
        scene.Manifests.Add(Webhook("shop", "judge", "cronjobs")).Add(Service("shop", "judge")).Add(CronJob("shop", "nightly")).Add(ConfigMap("shop", "c"));
        var changes = await scene.PreviewAsync();
        Assert.Equal((ClusterConfigChangeAction.Created, ImportVerification.None), Of(changes, "nightly"));
        Assert.Contains("comes with this import", changes.Single(c => c.Name == "nightly").Reason, StringComparison.Ordinal);
        Assert.NotNull(changes.Single(c => c.Name == "nightly").Held);
        Assert.Equal((ClusterConfigChangeAction.Created, ImportVerification.Server), Of(changes, "c"));
    }

    [Fact]
    public async Task A_webhook_without_a_back_end_fails_what_it_judges()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop"), Webhook("shop", "judge", "configmaps")]);
        scene.Manifests.Add(ConfigMap("shop", "fresh"));
        var predicted = await scene.PreviewAsync();
        Assert.Equal("WebhookBackEndNotReady", Assert.Single(predicted).Failure!.Id);
        AssertForetold(predicted, await scene.ImportAsync());
    }

    [Fact]
    public async Task A_webhook_whose_back_end_comes_with_the_import_is_waited_for_by_it()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop"), Webhook("shop", "judge", "cronjobs")]);
        scene.Manifests.Add(Service("shop", "judge")).Add(CronJob("shop", "nightly"));
        var changes = await scene.PreviewAsync();
        Assert.Equal((ClusterConfigChangeAction.Created, ImportVerification.None), Of(changes, "nightly"));
        Assert.Contains("shop/judge, which comes with this import", changes.Single(c => c.Name == "nightly").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_whose_back_end_is_not_ready_is_waited_for_by_the_import_and_not_asked_before()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop"), ConfigMap("shop", "is", "old"), Service("shop", "judge"), Webhook("shop", "judge", "configmaps")]);
        scene.Manifests.Add(ConfigMap("shop", "is", "new")).Add(ConfigMap("shop", "fresh"));
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        var changes = await scene.PreviewAsync();
        Assert.Equal((ClusterConfigChangeAction.Created, ImportVerification.None), Of(changes, "fresh"));
        Assert.Equal((ClusterConfigChangeAction.Updated, ImportVerification.None), Of(changes, "is"));
        Assert.All(changes, c => Assert.Contains("shop/judge, which is not ready", c.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pod_whose_account_comes_with_the_import_is_checked_against_its_schema()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("there")]);
        scene.Host.Faults.Add(new SandboxFault
        {
            Kind = FaultKind.Refuse,
            StatusCode = 403,
            Resource = "pods",
            Verb = "create",
            DryRun = true,
            Count = null,
            Message = "pods \"p\" is forbidden: error looking up service account there/robot: serviceaccount \"robot\" not found",
        });
        scene.Manifests.Add("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"there"},"spec":{"serviceAccountName":"robot","containers":[{"name":"c","image":"i"}]}}""");
        Assert.Equal((ClusterConfigChangeAction.Failed, ImportVerification.Server), Of(await scene.PreviewAsync(), "p"));
        scene.Manifests.Add("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"robot","namespace":"there"}}""");
        var changes = await scene.PreviewAsync();
        Assert.Equal((ClusterConfigChangeAction.Created, ImportVerification.Schema), Of(changes, "p"));
        Assert.Contains("Its ServiceAccount robot comes with this import", changes.Single(c => c.Name == "p").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_that_is_on_its_way_out_is_waited_for_by_the_import()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop"), ConfigMap("shop", "stays", more: ",\"finalizers\":[\"shop.example/stays\"]")]);
        await scene.Green.Client.DeleteAsync(TestResources.Namespaces, null, "shop", new KonUpgrade.Engine.Kubernetes.DeleteOptions(), TestContext.Current.CancellationToken);
        scene.Manifests.Add(Namespace("shop")).Add(ConfigMap("shop", "c"));
        var changes = await scene.PreviewAsync();
        Assert.Equal((ClusterConfigChangeAction.Created, ImportVerification.None), Of(changes, "shop"));
        Assert.Equal((ClusterConfigChangeAction.Created, ImportVerification.Schema), Of(changes, "c"));
    }

    [Theory]
    [InlineData(ExistingObject.Skip)]
    [InlineData(ExistingObject.Apply)]
    [InlineData(ExistingObject.Fail)]
    public async Task What_is_predicted_is_what_happens(ExistingObject existing)
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed(
        [
            Namespace("there"), ConfigMap("there", "same"), ConfigMap("there", "other", "old"), Secret("there", "is", "b2xk"), Deployment("there", "web", 3), CronJob("there", "daily"),
            Definition("Gadget"),
        ]);
        scene.Manifests
            .Add(Namespace("shop")).Add(Namespace("there")).Add(Definition()).Add(OldDefinition()).Add(Definition("Gadget"))
            // Another plural for a kind that is taken, and one whose schema is none.
            .Add(Definition("Gadget").Replace("gadgets", "gadgetz", StringComparison.Ordinal))
            .Add(Definition("Broken").Replace("\"type\":\"integer\"", "\"type\":\"nothing\"", StringComparison.Ordinal))
            .Add("""{"apiVersion":"shop.example/v1","kind":"Broken","metadata":{"name":"b","namespace":"there"},"spec":{}}""")
            .Add("""{"apiVersion":"shop.example/v1","kind":"Gadget","metadata":{"name":"g","namespace":"there"},"spec":{}}""")
            .Add("""{"apiVersion":"nobody.example/v1","kind":"Thing","metadata":{"name":"t","namespace":"there"}}""")
            .Add("""{"apiVersion":"old.example/v1","kind":"Relic","metadata":{"name":"r","namespace":"shop"},"spec":{"anything":{"goes":true}}}""")
            .Add(Widget("shop", "one")).Add(Widget("there", "two")).Add(Widget("there", "wrong", spec: "{\"size\":\"big\"}")).Add(Widget("shop", "strange", spec: "{\"colour\":\"red\"}"))
            .Add(ConfigMap("shop", "owned", more: ",\"ownerReferences\":[{\"apiVersion\":\"shop.example/v1\",\"kind\":\"Widget\",\"name\":\"one\"}]"))
            .Add(ConfigMap("there", "orphan", more: ",\"ownerReferences\":[{\"apiVersion\":\"shop.example/v1\",\"kind\":\"Widget\",\"name\":\"wrong\"}]"))
            .Add(ConfigMap("shop", "strange", more: ",\"nobody\":1")).Add(ConfigMap("there", "strange", more: ",\"nobody\":1")).Add(ConfigMap("there", "fresh")).Add(ConfigMap("lost", "c"))
            .Add(ConfigMap("there", "same")).Add(ConfigMap("there", "other", "new")).Add(Secret("there", "is", "bmV3")).Add(Secret("shop", "comes", "bmV3"))
            .Add(Deployment("there", "web", 5)).Add(Deployment("shop", "web", 5)).Add(Deployment("there", "app", 2))
            .Add(CronJob("there", "daily", "1 1 * * *")).Add(CronJob("shop", "daily"))
            .Add("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"robot","namespace":"shop"}}""")
            .Add("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"shop:robot"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}""")
            .Add("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"robot","namespace":"shop"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"shop:robot"},"subjects":[{"kind":"ServiceAccount","name":"robot","namespace":"shop"}]}""")
            .Add("""{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"v"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/x"}}}""");
        scene.Options = scene.Options with { Existing = existing, Timeout = TimeSpan.FromMilliseconds(500), Hold = WorkloadClass.Scheduled };
        var revision = scene.Host.Cluster("green").Revision;
        var predicted = await scene.PreviewAsync();
        Assert.Equal(revision, scene.Host.Cluster("green").Revision);
        Assert.DoesNotContain(predicted, c => c.Verified == ImportVerification.None);
        AssertForetold(predicted, await scene.ImportAsync());
    }

    // Object by object, except what was told to be uncertain.
    private static void AssertForetold(List<ClusterConfigChange> predicted, List<ClusterConfigChange> happened)
    {
        var done = happened.ToDictionary(Key);
        Assert.Equal(happened.Count, predicted.Count);
        Assert.Empty(predicted.Where(p => p.Verified != ImportVerification.None && (p.Action != done[Key(p)].Action || p.Held is null != done[Key(p)].Held is null || p.FieldManager != done[Key(p)].FieldManager))
            .Select(p => $"{Key(p)}: predicted {p.Action} by {p.FieldManager} ({p.Reason}), was {done[Key(p)].Action} by {done[Key(p)].FieldManager} ({done[Key(p)].Reason})"));

        static string Key(ClusterConfigChange change) => $"{change.ApiVersion} {change.Kind} {change.Namespace}/{change.Name}";
    }

    private static (ClusterConfigChangeAction Action, ImportVerification? Verified) Of(IEnumerable<ClusterConfigChange> changes, string name)
    {
        var change = changes.Single(c => c.Name == name);
        return (change.Action, change.Verified);
    }

    private static string OldDefinition() => """
        {"apiVersion":"apiextensions.k8s.io/v1beta1","kind":"CustomResourceDefinition","metadata":{"name":"relics.old.example"},"spec":{"group":"old.example","version":"v1","scope":"Namespaced",
         "names":{"kind":"Relic","listKind":"RelicList","plural":"relics","singular":"relic"},"validation":{"openAPIV3Schema":{"properties":{"spec":{"properties":{"size":{"type":"integer"}}}}}}}}
        """;

    private static string CronJob(string ns, string name, string schedule = "0 1 * * *") =>
        $$$$$$$"""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"{{{{{{{name}}}}}}}","namespace":"{{{{{{{ns}}}}}}}"},"spec":{"schedule":"{{{{{{{schedule}}}}}}}","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"job"}]}}}}}}""";

    private static string Deployment(string ns, string name, int replicas) =>
        $$$$$$$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{{{{{name}}}}}}}","namespace":"{{{{{{{ns}}}}}}}"},"spec":{"replicas":{{{{{{{replicas}}}}}}},"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""";

    private static string Service(string ns, string name) =>
        $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"},"spec":{"selector":{"app":"a"},"ports":[{"port":443}]}}""";

    private static string Webhook(string ns, string service, string resources) =>
        $$$"""{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"judge"},"webhooks":[{"name":"judge.shop.example","admissionReviewVersions":["v1"],"sideEffects":"None","clientConfig":{"service":{"namespace":"{{{ns}}}","name":"{{{service}}}"}},"rules":[{"apiGroups":["*"],"apiVersions":["*"],"operations":["*"],"resources":["{{{resources}}}"]}]}]}""";

    private static string Secret(string ns, string name, string value) =>
        $$$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"},"data":{"key":"{{{value}}}"}}""";
}
