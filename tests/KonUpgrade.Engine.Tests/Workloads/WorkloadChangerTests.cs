using System.Text;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Workloads;

/// <summary>What holds on the sandbox and on any real cluster that the run may use.</summary>
public sealed class WorkloadChangerTests(SandboxFixture sandbox)
{
    public static Task<TheoryData<string>> Clusters => TestCluster.AllAsync();

    private static readonly ApiResource s_cronJobs = new() { Group = "batch", Version = "v1", Kind = "CronJob", Plural = "cronjobs", Namespaced = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task Suspended_twice_and_resumed_once_everything_is_as_it_was(string cluster)
    {
        await using var connection = await TestCluster.OpenAsync(cluster, sandbox);
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        await CreateAsync(connection, s_cronJobs, home.Name, CronJob("nightly"));
        await CreateAsync(connection, s_cronJobs, home.Name, CronJob("asleep", "\"suspend\":true,"));
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("web", 3));
        var before = await SpecsAsync(connection, home.Name);

        var suspended = await RunAsync(connection, home.Name);
        Assert.Equal(
            [("asleep", WorkloadChangeAction.Unchanged, ""), ("nightly", WorkloadChangeAction.Suspended, "spec.suspend: false → true"), ("web", WorkloadChangeAction.Suspended, "spec.replicas: 3 → 0")],
            suspended.Where(c => c.Kind is "CronJob" or "Deployment").OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => (c.Name, c.Action, string.Join(';', c.Fields))));
        Assert.All(suspended, c => Assert.Equal((connection.Context.Name, home.Name), (c.Context, c.Namespace)));
        Assert.All(await RunAsync(connection, home.Name), c => Assert.Equal(WorkloadChangeAction.Unchanged, c.Action));

        var resumed = await RunAsync(connection, home.Name, resume: true);
        Assert.Equal(
            [("nightly", WorkloadChangeAction.Resumed, "spec.suspend: true → false"), ("web", WorkloadChangeAction.Resumed, "spec.replicas: 0 → 3")],
            resumed.OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => (c.Name, c.Action, string.Join(';', c.Fields))));
        Assert.Equal(before, await SpecsAsync(connection, home.Name));
        Assert.Empty(await RunAsync(connection, home.Name, resume: true));
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task Fields_belong_to_their_owners_again(string cluster)
    {
        await using var connection = await TestCluster.OpenAsync(cluster, sandbox);
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("helm", 3), "helm");
        var argo = Deployment("argo", 3);
        using (await connection.Client.ApplyAsync(TestResources.Deployments, home.Name, "argo", argo, new ApplyOptions { FieldManager = "argocd-controller" }, Token))
        {
        }
        var none = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Deployment("none", 3)).Replace("\"replicas\":3,", "", StringComparison.Ordinal));
        using (await connection.Client.ApplyAsync(TestResources.Deployments, home.Name, "none", none, new ApplyOptions { FieldManager = "argocd-controller" }, Token))
        {
        }
        var before = await OwnersAsync(connection, home.Name);
        await RunAsync(connection, home.Name);
        Assert.Equal(["konupgrade (Update)"], (await OwnersAsync(connection, home.Name))["argo"]);
        Assert.All(await RunAsync(connection, home.Name, resume: true), c => Assert.Equal((WorkloadChangeAction.Resumed, null), (c.Action, c.Reason)));
        var after = await OwnersAsync(connection, home.Name);
        foreach (var name in before.Keys)
            Assert.Equal((name, string.Join(", ", before[name])), (name, string.Join(", ", after[name])));
        // Nobody has anything against the owner's next word, not even against another number.
        using var applied = await connection.Client.ApplyAsync(
            TestResources.Deployments, home.Name, "argo", Deployment("argo", 5), new ApplyOptions { FieldManager = "argocd-controller" }, Token);
        Assert.Equal(5, applied.Root.GetProperty("spec").GetProperty("replicas").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task What_a_person_scaled_meanwhile_stays_and_is_said(string cluster)
    {
        await using var connection = await TestCluster.OpenAsync(cluster, sandbox);
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("web", 5));
        await RunAsync(connection, home.Name);
        using (await connection.Client.PatchAsync(
            TestResources.Deployments, home.Name, "web", PatchKind.Merge, """{"spec":{"replicas":3}}"""u8.ToArray(), new WriteOptions { FieldManager = "kubectl" }, Token))
        {
        }
        var change = Assert.Single(await RunAsync(connection, home.Name, resume: true));
        Assert.Equal((WorkloadChangeAction.Resumed, "spec.replicas was changed since it was held, and is left as it is: 3."), (change.Action, change.Reason));
        Assert.Empty(change.Fields);
        using var web = await connection.Client.GetAsync(TestResources.Deployments, home.Name, "web", Token);
        Assert.Equal(3, web!.Root.GetProperty("spec").GetProperty("replicas").GetInt32());
        Assert.False(WorkloadHold.IsHeld(web));
    }

    [Fact]
    public async Task A_damaged_state_fails_that_workload_alone()
    {
        await using var connection = await sandbox.ConnectAsync("green");
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("good", 5));
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("bad", 5));
        await RunAsync(connection, home.Name);
        using (await connection.Client.PatchAsync(
            TestResources.Deployments, home.Name, "bad", PatchKind.Merge, """{"metadata":{"annotations":{"konupgrade.dev/held":"{"}}}"""u8.ToArray(), new WriteOptions(), Token))
        {
        }
        var changes = (await RunAsync(connection, home.Name, resume: true)).ToDictionary(c => c.Name);
        Assert.Equal(WorkloadChangeAction.Resumed, changes["good"].Action);
        Assert.Equal((WorkloadChangeAction.Failed, "HoldStateDamaged"), (changes["bad"].Action, changes["bad"].Failure?.Id));
    }

    [Fact]
    public async Task A_change_between_look_and_patch_is_not_overwritten()
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("web", 5));
        var changer = Changer(connection, home.Name);
        Assert.Equal("Deployment.apps", Assert.Single((await changer.PrepareAsync(Token)).CountByKind).Key);
        using (await connection.Client.PatchAsync(
            TestResources.Deployments, home.Name, "web", PatchKind.Merge, """{"spec":{"replicas":7}}"""u8.ToArray(), new WriteOptions { FieldManager = "kubectl" }, Token))
        {
        }
        var change = Assert.Single(await changer.RunAsync(Token).ToListAsync(Token));
        Assert.Equal("spec.replicas: 7 → 0", Assert.Single(change.Fields).ToString());
        Assert.Equal("spec.replicas: 0 → 7", Assert.Single(Assert.Single(await RunAsync(connection, home.Name, resume: true)).Fields).ToString());
    }

    [Fact]
    public async Task A_patch_whose_answer_is_lost_counts_once()
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("web", 5));
        host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Verb = "patch", Resource = "deployments", Count = 1, AfterBytes = 1 });
        var change = Assert.Single(await RunAsync(connection, home.Name));
        Assert.Equal((WorkloadChangeAction.Suspended, "spec.replicas: 5 → 0"), (change.Action, Assert.Single(change.Fields).ToString()));
        Assert.Equal("spec.replicas: 0 → 5", Assert.Single(Assert.Single(await RunAsync(connection, home.Name, resume: true)).Fields).ToString());
    }

    [Fact]
    public async Task A_release_whose_answer_is_lost_gives_the_fields_back_to_their_owner_too()
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        using (await connection.Client.ApplyAsync(TestResources.Deployments, home.Name, "argo", Deployment("argo", 3), new ApplyOptions { FieldManager = "argocd-controller" }, Token))
        {
        }
        await RunAsync(connection, home.Name);
        host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Verb = "patch", Resource = "deployments", Count = 1, AfterBytes = 1 });
        Assert.Equal("spec.replicas: 0 → 3", Assert.Single(Assert.Single(await RunAsync(connection, home.Name, resume: true)).Fields).ToString());
        Assert.Equal(["argocd-controller (Apply)"], (await OwnersAsync(connection, home.Name))["argo"]);
    }

    [Fact]
    public async Task A_release_that_is_stopped_before_the_owner_has_the_fields_again_is_ended_by_the_next_one()
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        using (await connection.Client.ApplyAsync(TestResources.Deployments, home.Name, "argo", Deployment("argo", 3), new ApplyOptions { FieldManager = "argocd-controller" }, Token))
        {
        }
        await RunAsync(connection, home.Name);
        var id = host.Faults.Add(new SandboxFault { Kind = FaultKind.Unanswered, Verb = "patch", Resource = "deployments" });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var stopped = Changer(connection, home.Name, resume: true).RunAsync(stop.Token).ToListAsync(stop.Token).AsTask();
        await host.Faults.MeetAsync(id, 1, Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
        Assert.Equal(["konupgrade (Update)"], (await OwnersAsync(connection, home.Name))["argo"]);

        Assert.Equal(WorkloadChangeAction.Resumed, Assert.Single(await RunAsync(connection, home.Name, resume: true)).Action);
        Assert.Equal(["argocd-controller (Apply)"], (await OwnersAsync(connection, home.Name))["argo"]);
        Assert.Empty(await RunAsync(connection, home.Name, resume: true));
    }

    [Fact]
    public async Task Owners_are_those_of_the_object_as_it_was_when_it_was_changed()
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("web", 5), "helm");
        var changer = Changer(connection, home.Name);
        await changer.PrepareAsync(Token);
        using (await connection.Client.PatchAsync(
            TestResources.Deployments, home.Name, "web", PatchKind.Merge, """{"spec":{"replicas":7}}"""u8.ToArray(), new WriteOptions { FieldManager = "kubectl" }, Token))
        {
        }
        await changer.RunAsync(Token).ToListAsync(Token);
        await RunAsync(connection, home.Name, resume: true);
        Assert.Equal(["kubectl (Update)"], (await OwnersAsync(connection, home.Name))["web"]);
    }

    [Theory]
    [InlineData(false, "It is gone.")]
    [InlineData(true, "It is gone. Its namespace HOME is not there either.")]
    public async Task What_is_not_there_any_more_is_told_with_what_went_with_it(bool whole, string reason)
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("web", 5));
        var changer = Changer(connection, home.Name);
        await changer.PrepareAsync(Token);
        await connection.Client.DeleteAsync(TestResources.Deployments, home.Name, "web", new DeleteOptions(), Token);
        if (whole)
        {
            host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 404, Reason = "NotFound", Message = $"namespaces \"{home.Name}\" not found", Verb = "get", Resource = "namespaces" });
        }
        var change = Assert.Single(await changer.RunAsync(Token).ToListAsync(Token));
        Assert.Equal((WorkloadChangeAction.Skipped, reason.Replace("HOME", home.Name, StringComparison.Ordinal)), (change.Action, change.Reason));
        Assert.Empty(change.Fields);
    }

    [Fact]
    public async Task A_kind_that_is_not_served_any_more_is_no_workload_that_is_gone()
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        host.Cluster("blue").Seed([Configuration.ImportScene.Definition(), Configuration.ImportScene.Widget("default", "w")]);
        var means = new HoldMeans { Group = "shop.example", Kind = "Widget", Class = WorkloadClass.Serving, Fields = [new(Engine.Foundation.Json.FieldPath.Of("spec", "size"), "0")] };
        var changer = new WorkloadChanger(connection, new WorkloadOptions { Means = [means] }, NullReporter.Instance);
        Assert.Equal(1, (await changer.PrepareAsync(Token)).ChangeCount);
        var definitions = new ApiResource { Group = "apiextensions.k8s.io", Version = "v1", Kind = "CustomResourceDefinition", Plural = "customresourcedefinitions", Namespaced = false };
        await connection.Client.DeleteAsync(definitions, null, "widgets.shop.example", new DeleteOptions(), Token);
        await Eventually.TrueAsync(
            async () =>
            {
                using var there = await connection.Client.GetAsync(definitions, null, "widgets.shop.example", Token);
                return there is null;
            },
            "the definition is gone",
            Token);
        var change = Assert.Single(await changer.RunAsync(Token).ToListAsync(Token));
        Assert.Equal(
            (WorkloadChangeAction.Failed, "ResourceNotServed", "shop.example/v1 Widget default/w was not changed: blue does not serve Widget.shop.example any more."),
            (change.Action, change.Failure?.Id, change.Reason));
    }

    [Fact]
    public async Task Workloads_that_are_named_and_of_a_kind_that_is_not_served_are_said()
    {
        await using var connection = await sandbox.ConnectAsync("green");
        var options = new WorkloadOptions
        {
            Means = [new HoldMeans { Group = "absent.example", Kind = "Robot", Class = WorkloadClass.Serving, Fields = [new(Engine.Foundation.Json.FieldPath.Of("spec", "pause"), "true")] }],
            Objects = [new("absent.example", "Robot", "shop", "arm") { ApiVersion = "absent.example/v1" }, new("", "ConfigMap", "shop", "c")],
        };
        var change = Assert.Single(await new WorkloadChanger(connection, options, NullReporter.Instance).RunAsync(Token).ToListAsync(Token));
        Assert.Equal((WorkloadChangeAction.Skipped, "absent.example/v1", "green does not serve Robot.absent.example."), (change.Action, change.ApiVersion, change.Reason));
    }

    [Fact]
    public async Task Single_workloads_outside_the_namespaces_that_are_named_are_left_alone()
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        await CreateAsync(connection, TestResources.Deployments, "kube-system", Deployment("dns", 2));
        await CreateAsync(connection, TestResources.Deployments, "default", Deployment("web", 2));
        var options = new WorkloadOptions
        {
            Means = BuiltInMeans.All,
            Objects = [new("apps", "Deployment", "kube-system", "dns"), new("apps", "Deployment", "default", "web")],
            Selection = new ClusterConfigSelection { Namespace = ["kube-system"] },
            IsProtected = name => name == "kube-system",
        };
        Assert.Equal("dns", Assert.Single(await new WorkloadChanger(connection, options, NullReporter.Instance).RunAsync(Token).ToListAsync(Token)).Name);
    }

    [Theory]
    [InlineData("Delete", WorkloadChangeAction.Failed)]
    [InlineData("Retain", WorkloadChangeAction.Suspended)]
    public async Task A_stateful_set_that_deletes_its_claims_when_it_is_scaled_down_is_not_suspended(string whenScaled, WorkloadChangeAction action)
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        var sets = new ApiResource { Group = "apps", Version = "v1", Kind = "StatefulSet", Plural = "statefulsets", Namespaced = true };
        await CreateAsync(connection, sets, "default", Encoding.UTF8.GetBytes(
            """{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db"},"spec":{"replicas":2,"serviceName":"db","persistentVolumeClaimRetentionPolicy":{"whenScaled":"POLICY","whenDeleted":"Retain"},"selector":{"matchLabels":{"app":"d"}},"template":{"metadata":{"labels":{"app":"d"}},"spec":{"containers":[{"name":"c","image":"i"}]}},"volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]}}"""
                .Replace("POLICY", whenScaled, StringComparison.Ordinal)));
        var change = Assert.Single(await RunAsync(connection, "default"));
        Assert.Equal((action, action == WorkloadChangeAction.Failed ? "HoldLosesData" : null), (change.Action, change.Failure?.Id));
        using var set = await connection.Client.GetAsync(sets, "default", "db", Token);
        Assert.Equal(action == WorkloadChangeAction.Failed ? 2 : 0, set!.Root.GetProperty("spec").GetProperty("replicas").GetInt32());
    }

    [Fact]
    public async Task Namespaces_of_the_cluster_itself_are_left_alone_unless_they_are_named()
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        await CreateAsync(connection, TestResources.Deployments, "kube-system", Deployment("dns", 2));
        await CreateAsync(connection, TestResources.Deployments, "default", Deployment("web", 2));
        Assert.Equal(["web"], (await RunAsync(connection, null)).Select(c => c.Name));
        Assert.Equal(["dns"], (await RunAsync(connection, "kube-system")).Select(c => c.Name));
    }

    [Theory]
    [InlineData("CronJobb", "KindNotFound")]
    [InlineData("ConfigMap", "KindNotHeld")]
    public async Task A_kind_that_is_none_or_can_not_be_held_is_an_error(string kind, string id)
    {
        await using var connection = await sandbox.ConnectAsync("green");
        var options = new WorkloadOptions { Means = BuiltInMeans.All, Selection = new ClusterConfigSelection { Kind = [kind] } };
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => new WorkloadChanger(connection, options, NullReporter.Instance).PrepareAsync(Token))).Failure;
        Assert.Equal((id, kind), (failure.Id, failure.Target));
    }

    [Fact]
    public async Task A_namespace_that_is_not_there_is_an_error()
    {
        await using var connection = await sandbox.ConnectAsync("green");
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => Changer(connection, "nowhere").PrepareAsync(Token))).Failure;
        Assert.Equal(("NamespaceNotFound", FailureKind.NotFound), (failure.Id, failure.Kind));
    }

    [Fact]
    public async Task Single_workloads_are_named_and_what_is_none_is_passed_over()
    {
        await using var connection = await sandbox.ConnectAsync("green");
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("web", 5));
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("other", 5));
        var options = new WorkloadOptions
        {
            Means = BuiltInMeans.All,
            Objects = [new("apps", "Deployment", home.Name, "web"), new(null, "Deployment", home.Name, "web"), new("", "ConfigMap", home.Name, "c"), new("apps", "Deployment", home.Name, "gone")],
        };
        var changes = await new WorkloadChanger(connection, options, NullReporter.Instance).RunAsync(Token).ToListAsync(Token);
        Assert.Equal([("gone", WorkloadChangeAction.Skipped), ("web", WorkloadChangeAction.Suspended)], changes.OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => (c.Name, c.Action)).Distinct());
        using var other = await connection.Client.GetAsync(TestResources.Deployments, home.Name, "other", Token);
        Assert.Equal(5, other!.Root.GetProperty("spec").GetProperty("replicas").GetInt32());
    }

    [Fact]
    public async Task What_may_not_be_listed_is_said()
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("web", 5));
        host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 403, Reason = "Forbidden", Verb = "list", Resource = "cronjobs", Count = null });
        var changer = Changer(connection, home.Name);
        Assert.Single(await changer.RunAsync(Token).ToListAsync(Token));
        Assert.Equal(FailureKind.PermissionDenied, Assert.Single(changer.Failures).Kind);
    }

    [Fact]
    public async Task Another_of_the_same_name_is_left_alone()
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("web", 5));
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("shop", 5));
        using var shop = await connection.Client.GetAsync(TestResources.Deployments, home.Name, "shop", Token);
        var web = new WorkloadName("apps", "Deployment", home.Name, "web");
        var options = new WorkloadOptions
        {
            Means = BuiltInMeans.All,
            Objects = [web with { Uid = "11111111-2222-3333-4444-555555555555" }, new WorkloadName("apps", "Deployment", home.Name, "shop") { Uid = shop!.Uid }, new WorkloadName("apps", "Deployment", home.Name, "shop")],
        };
        var changes = (await new WorkloadChanger(connection, options, NullReporter.Instance).RunAsync(Token).ToListAsync(Token)).ToDictionary(change => change.Name);
        Assert.Equal(WorkloadChangeAction.Skipped, changes["web"].Action);
        Assert.Contains("another of the same name", changes["web"].Reason, StringComparison.Ordinal);
        Assert.Equal(WorkloadChangeAction.Suspended, changes["shop"].Action);
        var named = await new WorkloadChanger(connection, options with { Objects = [web] }, NullReporter.Instance).RunAsync(Token).ToListAsync(Token);
        Assert.Equal(WorkloadChangeAction.Suspended, Assert.Single(named).Action);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_server_says_of_a_kind_that_holds_secrets_is_not_shown(bool isSensitive)
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        await CreateAsync(connection, TestResources.Deployments, home.Name, Deployment("web", 5));
        host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 422, Reason = "Invalid", Message = "spec: Invalid value: hunter2", Verb = "patch", Resource = "deployments", Count = null });
        var options = new WorkloadOptions { Means = BuiltInMeans.All, Objects = [new WorkloadName("apps", "Deployment", home.Name, "web")], IsSensitive = (group, kind) => isSensitive && (group, kind) == ("apps", "Deployment") };
        var change = Assert.Single(await new WorkloadChanger(connection, options, NullReporter.Instance).RunAsync(Token).ToListAsync(Token));
        Assert.Equal((WorkloadChangeAction.Failed, !isSensitive), (change.Action, change.Reason!.Contains("hunter2", StringComparison.Ordinal)));
        Assert.Contains("422", isSensitive ? change.Failure!.Message : "422", StringComparison.Ordinal);
    }

    private static WorkloadChanger Changer(ClusterConnection connection, string? ns, bool resume = false) => new(
        connection,
        new WorkloadOptions
        {
            Means = BuiltInMeans.All,
            Resume = resume,
            Selection = new ClusterConfigSelection { Namespace = ns is null ? [] : [ns] },
            IsProtected = name => name.StartsWith("kube-", StringComparison.Ordinal),
        },
        NullReporter.Instance);

    // On a cluster with controllers, what they make (ReplicaSets) must not come out.
    private static Task<List<WorkloadChange>> RunAsync(ClusterConnection connection, string? ns, bool resume = false) =>
        Changer(connection, ns, resume).RunAsync(Token).ToListAsync(Token).AsTask();

    private static async Task<List<string>> SpecsAsync(ClusterConnection connection, string ns)
    {
        var specs = new List<string>();
        foreach (var resource in new[] { s_cronJobs, TestResources.Deployments })
        {
            await foreach (var o in connection.Client.ListAsync(resource, new ListOptions { Namespace = ns }, Token))
            {
                using (o)
                    specs.Add($"{o.Name} {o.Root.GetProperty("spec").GetRawText()} {o.Annotation(WorkloadHold.Annotation)}");
            }
        }
        return specs;
    }

    private static async Task<Dictionary<string, List<string>>> OwnersAsync(ClusterConnection connection, string ns)
    {
        var owners = new Dictionary<string, List<string>>();
        await foreach (var o in connection.Client.ListAsync(TestResources.Deployments, new ListOptions { Namespace = ns }, Token))
        {
            using (o)
                owners[o.Name] = [.. FieldOwnership.Of(o, Engine.Foundation.Json.FieldPath.Of("spec", "replicas")).Select(m => $"{m.Manager} ({m.Operation})").Order(StringComparer.Ordinal)];
        }
        return owners;
    }

    private static async Task CreateAsync(ClusterConnection connection, ApiResource resource, string ns, byte[] json, string manager = "kubectl-create")
    {
        using var made = await connection.Client.CreateAsync(resource, ns, json, new WriteOptions { FieldManager = manager }, Token);
    }

    private static byte[] CronJob(string name, string more = "") => Encoding.UTF8.GetBytes(
        """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"NAME"},"spec":{MORE"schedule":"0 1 1 1 *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"job"}]}}}}}}"""
            .Replace("NAME", name, StringComparison.Ordinal).Replace("MORE", more, StringComparison.Ordinal));

    private static byte[] Deployment(string name, int replicas) => Encoding.UTF8.GetBytes(
        """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME"},"spec":{"replicas":COUNT,"selector":{"matchLabels":{"app":"NAME"}},"template":{"metadata":{"labels":{"app":"NAME"}},"spec":{"containers":[{"name":"c","image":"web"}]}}}}"""
            .Replace("NAME", name, StringComparison.Ordinal).Replace("COUNT", $"{replicas}", StringComparison.Ordinal));
}
