using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Upgrades;

public sealed class UpgradeRunTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_upgrade_goes_from_blue_to_green_and_back(bool inCluster)
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.InCluster = inCluster;
        var plan = await scene.PlanAsync(withScaleDown: true);
        var upgrade = await scene.InvokeAsync(plan);
        Assert.True(upgrade.State == BlueGreenUpgradeState.Completed, $"{upgrade.Reason} {upgrade.Failure} {string.Join('\n', upgrade.Steps.Select(s => $"{s.Id} {s.State} {s.Result}"))}");
        Assert.Equal((true, false), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
        Assert.Equal((0, 3), (await scene.ReplicasAsync("blue"), await scene.ReplicasAsync("green")));
        Assert.Equal(upgrade.Steps.Select(s => (s.Id, s.State, s.Result)), (await scene.ReadAsync()).Steps.Select(s => (s.Id, s.State, s.Result)));

        upgrade = await scene.UndoAsync();
        Assert.Equal(BlueGreenUpgradeState.Undone, upgrade.State);
        Assert.Equal((false, true), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
        Assert.Equal((3, 0), (await scene.ReplicasAsync("blue"), await scene.ReplicasAsync("green")));
    }

    [Fact]
    public async Task A_Pod_that_nobody_owns_runs_on_blue_alone()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed(["""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"alone","namespace":"shop"},"spec":{"containers":[{"name":"c","image":"c"}]},"status":{"phase":"Running"}}"""], "kubectl");
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.InvokeAsync(await scene.PlanAsync())).State);
        Assert.Null(await scene.GetAsync("green", "", "Pod", "alone"));
        Assert.Contains(scene.Reports.Reporter.Of("warning"), warning => warning.Contains("Pod shop/alone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_green_ran_before_is_told_when_it_is_brought_and_when_it_is_taken_back()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("green").Seed([UpgradeScene.Namespace("shop"), UpgradeScene.CronJob("nightly"), UpgradeScene.Deployment("web")], "helm");
        await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        var warnings = scene.Reports.Reporter.Of("warning");
        Assert.Contains("green: these were there before, and begin their work beside blue's: Suspend-ClusterWorkload holds them: CronJob.batch shop/nightly", warnings);

        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        Assert.Contains(
            "green: these run on, since this upgrade did not make them: Suspend-ClusterWorkload holds them: CronJob.batch shop/nightly, Deployment.apps shop/web",
            scene.Reports.Reporter.Of("warning").Skip(warnings.Count));
    }

    [Fact]
    public async Task Blue_is_quiet_before_greens_schedulers_start()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync();
        await scene.InvokeAsync(plan, new UpgradeRunOptions { Gates = ["quiesce-blue", "schedule"] });
        Assert.Equal((false, true, 3), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green"), await scene.ReplicasAsync("green")));
        await scene.ResumeAsync(new UpgradeRunOptions { Gates = ["schedule"], Approve = ["quiesce-blue"] });
        Assert.Equal((true, true), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
        await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["schedule"] });
        Assert.Equal((true, false), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
    }

    [Fact]
    public async Task What_changes_on_blue_meanwhile_is_caught_up_in_its_owners_name()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        await scene.PatchAsync("blue", "", "ConfigMap", "web", """{"data":{"value":"2","more":"3"}}""");
        await scene.PatchAsync("blue", "apps", "Deployment", "web", """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"web:2"}]}}}}""");
        scene.Host.Cluster("blue").Seed([UpgradeScene.ConfigMap("late", "x"), UpgradeScene.Deployment("late", 2)], "helm");
        var upgrade = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] });
        Assert.True(upgrade.State == BlueGreenUpgradeState.Completed, $"{upgrade.Reason} {upgrade.Failure} {string.Join('\n', upgrade.Steps.Select(s => $"{s.Id} {s.State} {s.Result}"))}");
        using var map = await scene.GetAsync("green", "", "ConfigMap", "web");
        Assert.Equal("""{"more":"3","value":"2"}""", Sorted(map!.Root.Member("data").GetRawText()));
        Assert.DoesNotContain("\"konupgrade\",\"operation\":\"Apply\"", map.Json.ToString(), StringComparison.Ordinal);
        Assert.Equal(["helm"], map.Metadata.Objects("managedFields").Select(m => m.Text("manager")).Distinct());
        using var web = await scene.GetAsync("green", "apps", "Deployment", "web");
        Assert.Equal("web:2", web!.Root.Member("spec").Member("template").Member("spec").Objects("containers").First().Text("image"));
        Assert.Equal(3, await scene.ReplicasAsync("green"));
        using var late = await scene.GetAsync("green", "apps", "Deployment", "late");
        Assert.Equal(2, late!.Root.Member("spec").Member("replicas").GetInt32());
    }

    [Fact]
    public async Task How_many_run_is_caught_up_unless_an_autoscaler_says_it()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed(
        [
            UpgradeScene.Deployment("api"),
            """{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"web","namespace":"shop"},"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"},"maxReplicas":9}}""",
        ], "helm");
        await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        await scene.PatchAsync("blue", "apps", "Deployment", "web", """{"spec":{"replicas":7}}""", "autoscaler");
        await scene.PatchAsync("blue", "apps", "Deployment", "api", """{"spec":{"replicas":5}}""");
        var upgrade = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] });
        Assert.True(upgrade.State == BlueGreenUpgradeState.Completed, $"{upgrade.Reason} {upgrade.Failure} {string.Join('\n', upgrade.Steps.Select(s => $"{s.Id} {s.State} {s.Result}"))}");
        Assert.Equal(3, await scene.ReplicasAsync("green"));
        using var api = await scene.GetAsync("green", "apps", "Deployment", "api");
        Assert.Equal(5, api!.Root.Member("spec").Member("replicas").GetInt32());
        Assert.Equal(["helm"], api.Metadata.Objects("managedFields").Where(m => m.Member("fieldsV1").Member("f:spec").Member("f:replicas").ValueKind == System.Text.Json.JsonValueKind.Object).Select(m => m.Text("manager")));
    }

    [Fact]
    public async Task What_somebody_suspends_on_blue_meanwhile_stays_suspended_on_green()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        await scene.PatchAsync("blue", "batch", "CronJob", "nightly", """{"spec":{"suspend":true}}""");
        var patches = Count(scene, "cronjobs", "nightly");
        var upgrade = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"], Gates = ["schedule"] });
        Assert.True(upgrade.Steps.Single(s => s.Id == "catch-up").State == UpgradeStepState.Completed, $"{upgrade.Reason} {upgrade.Failure} {string.Join('\n', upgrade.Steps.Select(s => $"{s.Id} {s.State} {s.Result}"))}");
        Assert.StartsWith("1 updated", upgrade.Steps.Single(s => s.Id == "catch-up").Result, StringComparison.Ordinal);
        Assert.Equal(1, scene.Host.Faults.Met(patches));
        using (var held = await scene.GetAsync("green", "batch", "CronJob", "nightly"))
            Assert.NotNull(held!.Annotation("konupgrade.dev/held"));

        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["schedule"] })).State);
        using var job = await scene.GetAsync("green", "batch", "CronJob", "nightly");
        Assert.Null(job!.Annotation("konupgrade.dev/held"));
        Assert.True(await scene.IsSuspendedAsync("green"));
        Assert.Equal(["helm"], Owners(job, "suspend"));
    }

    [Fact]
    public async Task What_somebody_resumes_on_blue_meanwhile_is_held_on_green_until_its_schedulers_start()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.PatchAsync("blue", "batch", "CronJob", "nightly", """{"spec":{"suspend":true}}""");
        await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        await scene.PatchAsync("blue", "batch", "CronJob", "nightly", """{"spec":{"suspend":false}}""");
        var upgrade = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"], Gates = ["schedule"] });
        Assert.True(upgrade.Steps.Single(s => s.Id == "catch-up").State == UpgradeStepState.Completed, $"{upgrade.Reason} {upgrade.Failure} {string.Join('\n', upgrade.Steps.Select(s => $"{s.Id} {s.State} {s.Result}"))}");
        Assert.True(await scene.IsSuspendedAsync("green"));

        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["schedule"] })).State);
        Assert.Equal((true, false), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
        using var job = await scene.GetAsync("green", "batch", "CronJob", "nightly");
        Assert.Equal(["helm"], Owners(job!, "suspend"));
    }

    [Theory]
    [InlineData("CronJob")]
    [InlineData("Deployment")]
    public async Task What_somebody_starts_on_blue_meanwhile_waits_on_green_for_its_data(string kind)
    {
        await using var scene = await UpgradeScene.StartAsync();
        var (group, before, after) = kind == "CronJob"
            ? ("batch", """{"spec":{"suspend":true}}""", """{"spec":{"suspend":false}}""")
            : ("apps", """{"spec":{"replicas":0}}""", """{"spec":{"replicas":2}}""");
        const string Volumes = ""","volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"data"}}]""";
        scene.Host.Cluster("blue").Seed(
        [
            """{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"shop"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""",
            (kind == "CronJob" ? UpgradeScene.CronJob("late") : UpgradeScene.Deployment("late")).Replace("\"containers\":", $"{Volumes.TrimStart(',')},\"containers\":", StringComparison.Ordinal),
        ], "helm");
        await scene.PatchAsync("blue", group, kind, "late", before);
        await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        using (var resting = await scene.GetAsync("green", group, kind, "late"))
            Assert.Null(resting!.Annotation("konupgrade.dev/held"));
        await scene.PatchAsync("blue", group, kind, "late", after);
        await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"], Gates = ["schedule"] });
        using (var held = await scene.GetAsync("green", group, kind, "late"))
        {
            var state = held!.Annotation("konupgrade.dev/held");
            Assert.True(state?.Contains("""needs":[{"kind":"PersistentVolumeClaim","namespace":"shop","name":"data"}]""", StringComparison.Ordinal) == true, $"{state} {held.Root.Member("spec")}");
            Assert.True(held.Root.Member("spec") is var spec && (kind == "CronJob" ? spec.Member("suspend").GetBoolean() : spec.Member("replicas").GetInt32() == 0));
        }

        // Its claim is not there: its schedulers' start leaves it.
        await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["schedule", "catch-up"] });
        using var late = await scene.GetAsync("green", group, kind, "late");
        Assert.NotNull(late!.Annotation("konupgrade.dev/held"));
    }

    [Fact]
    public async Task A_webhook_whose_back_end_arrives_held_comes_once_that_is_released()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed(
        [
            """{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web","namespace":"shop"},"spec":{"defaultBackend":{"service":{"name":"web","port":{"number":80}}}}}""",
            """
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"judge"},"webhooks":[{"name":"judge.shop.example","sideEffects":"None","admissionReviewVersions":["v1"],
             "clientConfig":{"service":{"name":"web","namespace":"shop"}},"rules":[{"apiGroups":["networking.k8s.io"],"apiVersions":["*"],"operations":["CREATE"],"resources":["ingresses"]}]}]}
            """,
        ], "helm");
        var upgrade = await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["serve"] });
        Assert.Equal(UpgradeStepState.Completed, upgrade.Steps.Single(s => s.Id == "import").State);
        Assert.Null(await scene.GetAsync("green", "admissionregistration.k8s.io", "ValidatingWebhookConfiguration", "judge", null));
        upgrade = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["serve"] });
        Assert.True(upgrade.State == BlueGreenUpgradeState.Completed, $"{upgrade.Reason} {upgrade.Failure} {string.Join('\n', upgrade.Steps.Select(s => $"{s.Id} {s.State} {s.Result}"))}");
        Assert.StartsWith("1 created", upgrade.Steps.Single(s => s.Id == "admission").Result, StringComparison.Ordinal);
        using var judge = await scene.GetAsync("green", "admissionregistration.k8s.io", "ValidatingWebhookConfiguration", "judge", null);
        Assert.NotNull(judge);
    }

    [Fact]
    public async Task How_many_run_is_caught_up_while_they_are_held_and_nobody_is_touched_twice()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed(
        [
            UpgradeScene.Deployment("api"),
            """{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"api","namespace":"shop"},"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"api"},"maxReplicas":9}}""",
        ], "helm");
        var plan = await scene.PlanAsync();
        // What serves begins to run only after the catch-up.
        plan = plan with { Steps = [.. plan.Steps.Where(s => s.Id != "serve").Select(s => s with { After = [.. s.After.Select(id => id == "serve" ? "import" : id).Distinct()] })] };
        await scene.InvokeAsync(plan, new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        await scene.PatchAsync("blue", "apps", "Deployment", "web", """{"spec":{"replicas":5}}""");
        await scene.PatchAsync("blue", "apps", "Deployment", "api", """{"spec":{"replicas":7}}""", "autoscaler");
        var (web, api) = (Count(scene, "deployments", "web"), Count(scene, "deployments", "api"));
        var upgrade = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"], Gates = ["serve-late"] });
        Assert.True(upgrade.Steps.Single(s => s.Id == "catch-up").State == UpgradeStepState.Completed, $"{upgrade.Reason} {upgrade.Failure} {string.Join('\n', upgrade.Steps.Select(s => $"{s.Id} {s.State} {s.Result}"))}");
        Assert.Equal((1, 0), (scene.Host.Faults.Met(web), scene.Host.Faults.Met(api)));
        Assert.Equal(0, await scene.ReplicasAsync("green"));

        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["serve-late"] })).State);
        Assert.Equal(5, await scene.ReplicasAsync("green"));
        using var scaled = await scene.GetAsync("green", "apps", "Deployment", "api");
        Assert.Equal(3, scaled!.Root.Member("spec").Member("replicas").GetInt32());
    }

    [Fact]
    public async Task What_is_not_held_on_green_is_scaled_once()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        await scene.PatchAsync("blue", "apps", "Deployment", "web", """{"spec":{"replicas":5}}""");
        var patches = Count(scene, "deployments", "web");
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] })).State);
        Assert.Equal(5, await scene.ReplicasAsync("green"));
        // One is refused, since the field is its owner's; one takes it, and one gives it back.
        Assert.Equal(3, scene.Host.Faults.Met(patches));
    }

    [Fact]
    public async Task A_catch_up_that_is_stopped_before_owners_have_their_fields_gives_them_when_it_is_resumed()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        await scene.PatchAsync("blue", "", "ConfigMap", "web", """{"data":{"value":"2"}}""");
        var id = scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Unanswered, Cluster = "green", Verb = "patch", Resource = "configmaps", Name = "web", OnlyChanges = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        scene.Stop = stop.Token;
        var stopped = scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] });
        await scene.Host.Faults.MeetAsync(id, 1, Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
        scene.Stop = null;
        using (var half = await scene.GetAsync("green", "", "ConfigMap", "web"))
            Assert.Contains("konupgrade", half!.Metadata.Objects("managedFields").Select(m => m.Text("manager")));

        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync()).State);
        using var map = await scene.GetAsync("green", "", "ConfigMap", "web");
        Assert.Equal(["helm"], map!.Metadata.Objects("managedFields").Select(m => m.Text("manager")).Distinct());
    }

    [Fact]
    public async Task A_catch_up_in_which_owners_could_not_have_their_fields_has_failed_and_gives_them_when_it_is_resumed()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        await scene.PatchAsync("blue", "", "ConfigMap", "web", """{"data":{"value":"2"}}""");
        // The first one changes it, the next ones say whose it is.
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, Cluster = "green", Verb = "patch", Resource = "configmaps", Name = "web", DryRun = false, Skip = 1, Count = 4 });
        var upgrade = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] });
        Assert.Equal((BlueGreenUpgradeState.Failed, "catch-up"), (upgrade.State, upgrade.Steps.Single(s => s.State == UpgradeStepState.Failed).Id));

        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync()).State);
        using var map = await scene.GetAsync("green", "", "ConfigMap", "web");
        Assert.Equal(["helm"], map!.Metadata.Objects("managedFields").Select(m => m.Text("manager")).Distinct());
    }

    [Fact]
    public async Task What_green_had_before_is_left_and_asked_about()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("green").Seed([UpgradeScene.Namespace("shop"), UpgradeScene.ConfigMap("web", "greens own")], "installer");
        var upgrade = await scene.InvokeAsync(await scene.PlanAsync());
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, upgrade.State);
        Assert.Contains("ConfigMap shop/web differs in data.value", upgrade.Steps.Single(s => s.Id == "compare").Result, StringComparison.Ordinal);
        upgrade = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["compare"] });
        Assert.Equal((BlueGreenUpgradeState.AwaitingApproval, "catch-up"), (upgrade.State, upgrade.Steps.Single(s => s.State == UpgradeStepState.AwaitingApproval).Id));
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["catch-up"] })).State);
        using var map = await scene.GetAsync("green", "", "ConfigMap", "web");
        Assert.Equal("greens own", map!.Root.Member("data").Text("value"));
    }

    [Fact]
    public async Task An_undo_removes_what_the_upgrade_made_where_that_is_asked_for()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("green").Seed([UpgradeScene.Namespace("shop"), UpgradeScene.ConfigMap("mine", "1")], "installer");
        await scene.InvokeAsync(await scene.PlanAsync());
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync(removeImported: true)).State);
        Assert.Null(await scene.GetAsync("green", "apps", "Deployment", "web"));
        Assert.Null(await scene.GetAsync("green", "", "ConfigMap", "web"));
        using var mine = await scene.GetAsync("green", "", "ConfigMap", "mine");
        Assert.NotNull(mine);
        using var ns = await scene.GetAsync("green", "", "Namespace", "shop", null);
        Assert.NotNull(ns);
    }

    [Fact]
    public async Task What_was_held_before_stays_held_whatever_the_upgrade_does()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.PatchAsync("blue", "batch", "CronJob", "nightly", """{"spec":{"suspend":true}}""");
        await scene.InvokeAsync(await scene.PlanAsync());
        Assert.Equal((true, true), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
        await scene.UndoAsync();
        Assert.Equal((true, true), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
    }

    [Fact]
    public async Task A_journal_of_other_clusters_is_refused_before_anything_is_done()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync();
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => scene.InvokeAsync(plan with { Blue = plan.Blue with { ClusterUid = "other" } }))).Failure;
        Assert.Equal("OtherCluster", failure.Id);
        Assert.Equal("OtherCluster", (await Assert.ThrowsAsync<UpgradeException>(() => scene.ResumeAsync())).Failure.Id);
    }

    [Fact]
    public async Task A_journal_has_one_upgrade()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync();
        await scene.InvokeAsync(plan, new UpgradeRunOptions { Gates = ["export"] });
        var other = (await Assert.ThrowsAsync<UpgradeException>(() => scene.InvokeAsync(plan with { Volume = VolumeHandling.Static, Steps = [plan.Steps[0] with { Title = "Other" }, .. plan.Steps.Skip(1)] }))).Failure;
        Assert.Equal("OtherPlan", other.Id);
        Assert.Contains($"They differ in volume, title of step '{plan.Steps[0].Id}'", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_command_goes_on_with_its_upgrade_also_where_the_plan_was_made_anew()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync();
        await scene.InvokeAsync(plan, new UpgradeRunOptions { Gates = ["export"] });
        var again = plan with { CreatedAt = plan.CreatedAt.AddHours(3), Green = plan.Green! with { KubeConfigPath = "/another/place" } };
        var upgrade = await scene.InvokeAsync(again, new UpgradeRunOptions { Gates = ["import"], Approve = ["export"] });
        Assert.Equal((UpgradeStepState.Completed, UpgradeStepState.AwaitingApproval), (upgrade.Steps.First(s => s.Id == "export").State, upgrade.Steps.First(s => s.Id == "import").State));
    }

    [Fact]
    public async Task A_journal_of_another_plan_is_not_gone_on_with()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync();
        await scene.InvokeAsync(plan, new UpgradeRunOptions { Gates = ["export"] });
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => scene.InvokeAsync(plan with { Name = "other" }))).Failure;
        Assert.Equal("OtherPlan", failure.Id);
        Assert.Contains("it has blue-to-green, and other was given", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_green_had_before_and_the_import_changed_is_put_back_by_an_undo()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("green").Seed([UpgradeScene.Namespace("shop"), UpgradeScene.ConfigMap("web", "greens own"), UpgradeScene.ConfigMap("late", "greens own")], "installer");
        scene.Host.Cluster("blue").Seed([UpgradeScene.ConfigMap("late", "2")], "helm");
        var plan = await scene.PlanAsync();
        plan = plan with { Steps = [.. plan.Steps.Select(s => s.Id == "import" ? s with { Setting = new Dictionary<string, string>(s.Setting) { ["existing"] = "Apply", ["forceConflict"] = "true" } } : s)] };
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.InvokeAsync(plan)).State);
        using (var map = await scene.GetAsync("green", "", "ConfigMap", "web"))
            Assert.Equal("1", map!.Root.Member("data").Text("value"));
        // Somebody goes on with one of the two.
        await scene.PatchAsync("green", "", "ConfigMap", "late", """{"data":{"value":"3"}}""");
        var undone = await scene.UndoAsync();
        Assert.Contains("1 put back", undone.Steps.Single(s => s.Id == "import").Result, StringComparison.Ordinal);
        using (var map = await scene.GetAsync("green", "", "ConfigMap", "web"))
        {
            Assert.Equal("greens own", map!.Root.Member("data").Text("value"));
            Assert.Equal(["installer"], map.Metadata.Objects("managedFields").Select(m => m.Text("manager")));
        }

        using var late = await scene.GetAsync("green", "", "ConfigMap", "late");
        Assert.Equal("3", late!.Root.Member("data").Text("value"));
        Assert.Contains(scene.Reports.Reporter.Of("warning"), w => w.Contains("ConfigMap shop/late, since somebody has changed it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_somebody_else_holds_on_green_is_not_passed_over()
    {
        await using var scene = await UpgradeScene.StartAsync();
        // As after an earlier import by hand, whose holds nobody has given back.
        scene.Host.Cluster("green").Seed(
            [UpgradeScene.Namespace("shop"), UpgradeScene.Deployment("web", 0).Replace("\"namespace\":\"shop\"}", "\"namespace\":\"shop\",\"annotations\":{\"konupgrade.dev/held\":\"{\\\"version\\\":1,\\\"fields\\\":[{\\\"path\\\":\\\"spec.replicas\\\",\\\"was\\\":3,\\\"held\\\":0}]}\"}}", StringComparison.Ordinal)],
            "helm");
        var upgrade = await scene.InvokeAsync(await scene.PlanAsync(withScaleDown: true));
        Assert.Equal((BlueGreenUpgradeState.AwaitingApproval, "serve"), (upgrade.State, upgrade.Steps.Single(s => s.State == UpgradeStepState.AwaitingApproval).Id));
        Assert.Contains("Deployment shop/web: A command by itself holds it", upgrade.Steps.Single(s => s.Id == "serve").Result, StringComparison.Ordinal);
        Assert.Equal(3, await scene.ReplicasAsync("blue"));
    }

    [Fact]
    public async Task A_second_upgrade_of_the_same_name_does_not_take_the_first_ones_objects_for_its_own()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync();
        await scene.InvokeAsync(plan);
        File.Delete(scene.JournalFile);
        Directory.Delete(scene.WorkPath, recursive: true);
        scene.Host.Cluster("blue").Seed([UpgradeScene.ConfigMap("late", "x")], "helm");
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.InvokeAsync(plan)).State);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync(removeImported: true)).State);
        using var first = await scene.GetAsync("green", "", "ConfigMap", "web");
        Assert.NotNull(first);
        Assert.Null(await scene.GetAsync("green", "", "ConfigMap", "late"));
    }

    [Fact]
    public async Task What_was_removed_on_blue_meanwhile_is_asked_about()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        await using (var blue = await scene.OpenAsync("blue"))
            await blue.Client.DeleteAsync((await blue.Client.DiscoverAsync(Token)).FindPreferred("batch", "CronJob")!, "shop", "nightly", new(), Token);
        var upgrade = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] });
        Assert.Equal((BlueGreenUpgradeState.AwaitingApproval, "catch-up"), (upgrade.State, upgrade.Steps.Single(s => s.State == UpgradeStepState.AwaitingApproval).Id));
        Assert.Contains("CronJob.batch shop/nightly was removed on blue since it was brought", upgrade.Steps.Single(s => s.Id == "catch-up").Result, StringComparison.Ordinal);
        Assert.True(await scene.IsSuspendedAsync("green"));
    }

    [Fact]
    public async Task What_a_person_took_on_green_meanwhile_is_a_conflict()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        await scene.PatchAsync("blue", "", "ConfigMap", "web", """{"data":{"value":"2"}}""");
        await scene.PatchAsync("green", "", "ConfigMap", "web", """{"data":{"value":"mine"}}""", "kubectl-edit");
        var upgrade = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] });
        Assert.Equal((BlueGreenUpgradeState.Failed, "ImportIncomplete"), (upgrade.State, upgrade.Failure?.Id));
        using var map = await scene.GetAsync("green", "", "ConfigMap", "web");
        Assert.Equal("mine", map!.Root.Member("data").Text("value"));
    }

    [Fact]
    public async Task Blue_gets_back_what_somebody_had_scaled_up_after_an_old_hold()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.PatchAsync("blue", "apps", "Deployment", "web", """{"metadata":{"annotations":{"konupgrade.dev/held":"{\"version\":1,\"fields\":[{\"path\":\"spec.replicas\",\"was\":5,\"held\":0}]}"}}}""");
        Assert.Equal(3, await scene.ReplicasAsync("blue"));
        await scene.InvokeAsync(await scene.PlanAsync(withScaleDown: true));
        Assert.Equal(0, await scene.ReplicasAsync("blue"));
        await scene.UndoAsync();
        Assert.Equal(3, await scene.ReplicasAsync("blue"));
    }

    [Fact]
    public async Task An_external_step_waits_for_a_field_and_repeats_no_secret()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync();
        UpgradeStep External(string id, string after, string watched, string field, string? value) => new()
        {
            Id = id,
            Kind = StepKind.External,
            Title = id,
            Target = UpgradeSide.Blue,
            After = [after],
            Setting = new Dictionary<string, string>(new Dictionary<string, string?> { ["object"] = watched, ["namespace"] = "shop", ["field"] = field, ["value"] = value, ["timeout"] = "200ms", ["interval"] = "20ms" }
                .Where(s => s.Value is not null).Select(s => KeyValuePair.Create(s.Key, s.Value!))),
        };
        plan = plan with { Steps = [.. plan.Steps, External("secret", "schedule", "Secret/db", "data.password", null), External("map", "secret", "ConfigMap/web", "data.value", "7")] };
        var upgrade = await scene.InvokeAsync(plan);
        Assert.Equal((BlueGreenUpgradeState.Failed, "WaitTimeout"), (upgrade.State, upgrade.Failure?.Id));
        Assert.Contains("data.value of ConfigMap web on blue is 1", upgrade.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cGxhbnRlZC00NzEx", await File.ReadAllTextAsync(scene.JournalFile, Token) + scene.Reports.Reporter.Text, StringComparison.Ordinal);
        await scene.PatchAsync("blue", "", "ConfigMap", "web", """{"data":{"value":"7"}}""");
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync()).State);
    }

    [Fact]
    public async Task A_step_that_nobody_knows_is_refused()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var failure = (await Assert.ThrowsAsync<UpgradeException>(async () => await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Approve = ["nothing"] }))).Failure;
        Assert.Equal("UnknownStep", failure.Id);
        Assert.Contains("wait-for-green, export, import", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_planted_secret_is_in_no_file_and_no_message()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync());
        await scene.UndoAsync(removeImported: true);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(scene.JournalFile)!, "*", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file, Token);
            Assert.DoesNotContain("planted", text, StringComparison.Ordinal);
            Assert.DoesNotContain("cGxhbnRlZC00NzEx", text, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("planted", scene.Reports.Reporter.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_cluster_twice_is_no_upgrade()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await using var blue = await scene.OpenAsync("blue");
        await using var again = await scene.OpenAsync("blue");
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => UpgradePlanner.PlanAsync(blue, again, new KonUpgrade.Engine.Systems.SystemCatalog().Whole, new(), NullReporter.Instance, Token))).Failure;
        Assert.Equal("SameCluster", failure.Id);
    }

    [Fact]
    public async Task Rights_that_are_missing_are_told_before_the_first_change()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync();
        scene.Host.Cluster("blue").Deny(new DeniedAccess { Verb = "patch", Resource = "cronjobs" });
        var revision = scene.Host.Cluster("green").Revision;
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => scene.InvokeAsync(plan))).Failure;
        Assert.Equal(("RightsMissing", FailureKind.PermissionDenied), (failure.Id, failure.Kind));
        Assert.Contains("blue: patch CronJob.batch (step quiesce-blue)", failure.Message, StringComparison.Ordinal);
        Assert.Equal(revision, scene.Host.Cluster("green").Revision);
        scene.Host.Cluster("blue").AllowAgain();
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync()).State);
    }

    [Fact]
    public async Task A_right_that_an_authorizer_could_not_judge_is_told_and_not_taken_for_lacking()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync();
        scene.Host.Cluster("blue").Deny(new DeniedAccess { Verb = "patch", Resource = "cronjobs", EvaluationError = "the webhook is down" });
        var upgrade = await scene.InvokeAsync(plan);
        Assert.Equal((BlueGreenUpgradeState.Failed, "quiesce-blue"), (upgrade.State, upgrade.Steps.Single(s => s.State == UpgradeStepState.Failed).Id));
        Assert.Contains(scene.Reports.Reporter.Of("warning"), w => w.Contains("blue: patch CronJob.batch (step quiesce-blue): the webhook is down", StringComparison.Ordinal));
        scene.Host.Cluster("blue").AllowAgain();
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync()).State);
    }

    [Fact]
    public async Task What_a_cluster_serves_is_asked_once_for_the_rights_of_all_steps()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync(withScaleDown: true);
        // Faults that strike nothing, and count: what is no resource below /apis is a discovery.
        var (blue, green) = (Discoveries("blue"), Discoveries("green"));
        await scene.InvokeAsync(plan, new UpgradeRunOptions { Gates = [plan.Steps[0].Id, "export"] });
        Assert.Equal((1, 1), (scene.Host.Faults.Met(blue), scene.Host.Faults.Met(green)));

        string Discoveries(string cluster) => scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, Cluster = cluster, Resource = "", PathPrefix = "/apis", Skip = int.MaxValue });
    }

    [Fact]
    public async Task A_kind_that_came_to_blue_since_the_run_began_is_brought()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync();
        plan = plan with { Steps = [.. plan.Steps.Select(s => s.Id == "quiesce-blue" ? s with { Gate = UpgradeGate.Script } : s)] };
        scene.Reports.OnGate = _ =>
        {
            scene.Host.Cluster("blue").Seed(
            [
                """{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"shelves.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"kind":"Shelf","listKind":"ShelfList","plural":"shelves","singular":"shelf"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}""",
                """{"apiVersion":"example.com/v1","kind":"Shelf","metadata":{"name":"top","namespace":"shop"},"spec":{"boards":3}}""",
            ], "helm");
            return true;
        };
        var upgrade = await scene.InvokeAsync(plan);
        Assert.True(upgrade.State == BlueGreenUpgradeState.Completed, $"{upgrade.Reason} {upgrade.Failure} {string.Join('\n', upgrade.Steps.Select(s => $"{s.Id} {s.State} {s.Result}"))}");
        using var shelf = await scene.GetAsync("green", "example.com", "Shelf", "top");
        Assert.Equal(3, shelf!.Root.Member("spec").Member("boards").GetInt32());
    }

    [Fact]
    public async Task A_journal_in_blue_does_not_travel()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed([UpgradeScene.Namespace("konupgrade"), UpgradeScene.ConfigMap("upgrade-x-001", "1").Replace("\"shop\"", "\"konupgrade\"", StringComparison.Ordinal)]);
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.InvokeAsync(await scene.PlanAsync())).State);
        Assert.Null(await scene.GetAsync("green", "", "Namespace", "konupgrade", null));
    }

    // A fault that strikes nothing, and counts.
    private static string Count(UpgradeScene scene, string resource, string name) => scene.Host.Faults.Add(
        new SandboxFault { Kind = FaultKind.Refuse, Cluster = "green", Verb = "patch", Resource = resource, Name = name, DryRun = false, Skip = int.MaxValue });

    private static IEnumerable<string?> Owners(Engine.Kubernetes.KubernetesObject o, string field) => o.Metadata.Objects("managedFields")
        .Where(m => m.Member("fieldsV1").Member("f:spec").Member($"f:{field}").ValueKind == System.Text.Json.JsonValueKind.Object).Select(m => m.Text("manager"));

    private static string Sorted(string json) => string.Concat("{", string.Join(',', System.Text.Json.Nodes.JsonNode.Parse(json)!.AsObject().OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"\"{p.Key}\":{p.Value!.ToJsonString()}")), "}");
}
