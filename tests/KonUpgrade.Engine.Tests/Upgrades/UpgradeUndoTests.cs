using System.Text.Json.Nodes;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Upgrades;

public sealed class UpgradeUndoTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stateful_set_that_takes_its_claims_along_is_not_removed()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed(
            ["""
            {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"shop"},"spec":{"serviceName":"db","replicas":1,"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Delete","whenScaled":"Retain"},"selector":{"matchLabels":{"app":"db"}},"template":{"metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"name":"c","image":"db:1"}]}},"volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]}}
            """],
            "helm");
        await scene.InvokeAsync(await scene.PlanAsync());
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync(removeImported: true)).State);
        using var set = await scene.GetAsync("green", "apps", "StatefulSet", "db");
        Assert.NotNull(set);
        Assert.Null(await scene.GetAsync("green", "", "ConfigMap", "web"));
        Assert.Contains(scene.Reports.Reporter.Of("warning"), w => w.Contains("StatefulSet.apps shop/db, since its claims and their data would go with it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_claims_belong_to_and_what_a_controller_made_is_not_removed()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync());
        using var owner = await scene.GetAsync("green", "", "ConfigMap", "web");
        using var service = await scene.GetAsync("green", "", "Service", "web");
        // A claim of something that belongs to what the upgrade made.
        var between = Owned("ConfigMap", "between", owner!.Uid!, "web", controller: false, null);
        scene.Host.Cluster("green").Seed([between]);
        using var made = await scene.GetAsync("green", "", "ConfigMap", "between");
        scene.Host.Cluster("green").Seed(
        [
            Owned("PersistentVolumeClaim", "data", made!.Uid!, "between", controller: false, null),
            UpgradeScene.ConfigMap("mine", "1"),
        ]);
        using var mine = await scene.GetAsync("green", "", "ConfigMap", "mine");
        scene.Host.Cluster("green").Seed([Owned("ConfigMap", "child", mine!.Uid!, "mine", controller: true, owner.Annotation("konupgrade.dev/upgrade"))]);

        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync(removeImported: true)).State);
        foreach (var name in (string[])["web", "between", "child"])
        {
            using var map = await scene.GetAsync("green", "", "ConfigMap", name);
            Assert.NotNull(map);
        }

        Assert.Null(await scene.GetAsync("green", "", "Service", "web"));
        Assert.Contains(scene.Reports.Reporter.Of("warning"), w => w.Contains("ConfigMap shop/web, since claims belong to it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_removed_and_what_was_left_is_told_once_whichever_step_brought_it()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync());
        var undone = await scene.UndoAsync(removeImported: true);
        Assert.Equal(BlueGreenUpgradeState.Undone, undone.State);
        Assert.True(undone.Steps.Count(step => step.Kind is StepKind.ImportConfig or StepKind.CatchUpConfig) > 1);
        var told = Assert.Single(undone.Steps, step => step.Result?.Contains("removed", StringComparison.Ordinal) == true);
        Assert.Matches("; [1-9][0-9]* removed of all that this upgrade made, 1 left$", told.Result);
        Assert.Single(scene.Reports.Reporter.Of("warning"), w => w.Contains("left as it is: Namespace shop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_killed_run_left_of_its_lists_goes_with_the_next_run()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync());
        var folder = Path.Combine(scene.WorkPath, "import.details");
        var begun = Path.Combine(folder, $"objects.jsonl.{Guid.NewGuid():N}.tmp");
        string[] others = [Path.Combine(folder, "objects.jsonl.mine.tmp"), Path.Combine(folder, $"mine.{Guid.NewGuid():N}.tmp")];
        foreach (var file in (string[])[begun, .. others])
            await File.WriteAllTextAsync(file, "{", Token);
        await scene.UndoAsync();
        Assert.False(File.Exists(begun));
        Assert.All(others, file => Assert.True(File.Exists(file)));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(409)]
    public async Task What_can_not_be_removed_keeps_nothing_of_blue_from_working_again(int status)
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(withScaleDown: true));
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Cluster = "green", Verb = "delete", Resource = "configmaps", Name = "web", StatusCode = status, Message = "no", Count = null });
        var undone = await scene.UndoAsync(removeImported: true);
        Assert.Equal((BlueGreenUpgradeState.UndoFailed, UpgradeStepState.UndoFailed), (undone.State, undone.Steps.Single(s => s.Id == "catch-up").State));
        Assert.Contains("ConfigMap shop/web on green could not be removed", undone.Steps.Single(s => s.Id == "catch-up").Failure!.Message, StringComparison.Ordinal);
        Assert.Equal((false, 3), (await scene.IsSuspendedAsync("blue"), await scene.ReplicasAsync("blue")));
        Assert.Null(await scene.GetAsync("green", "apps", "Deployment", "web"));
        using (var there = await scene.GetAsync("green", "", "ConfigMap", "web"))
            Assert.NotNull(there);

        // That it removes is what the journal says, whoever goes on.
        scene.Host.Faults.Clear();
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        Assert.Null(await scene.GetAsync("green", "", "ConfigMap", "web"));
    }

    [Theory]
    [InlineData("cronjobs", true)]
    [InlineData("deployments", false)]
    public async Task What_can_not_be_held_on_green_keeps_blues_schedulers_only_where_it_is_schedulers(string resource, bool suspended)
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(withScaleDown: true));
        scene.Host.Cluster("green").Deny(new DeniedAccess { Verb = "list", Resource = resource });
        var undone = await scene.UndoAsync();
        Assert.Equal(BlueGreenUpgradeState.UndoFailed, undone.State);
        Assert.Equal((suspended, 3), (await scene.IsSuspendedAsync("blue"), await scene.ReplicasAsync("blue")));
        Assert.Equal(suspended ? "SchedulersNotResumed" : null, undone.Steps.Single(s => s.Id == "quiesce-blue").Failure?.Id);
        Assert.Equal("WorkloadsIncomplete", undone.Steps.Single(s => s.Id == "import").Failure?.Id);

        scene.Host.Cluster("green").AllowAgain();
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        Assert.Equal((false, true, 3, 0), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green"), await scene.ReplicasAsync("blue"), await scene.ReplicasAsync("green")));
    }

    [Fact]
    public async Task Where_green_does_not_answer_blue_serves_again_and_its_schedulers_are_a_persons_matter()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(withScaleDown: true));
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Cluster = "green", Count = null });
        var undone = await scene.UndoAsync();
        Assert.Equal(BlueGreenUpgradeState.UndoFailed, undone.State);
        Assert.Equal((true, 3), (await scene.IsSuspendedAsync("blue"), await scene.ReplicasAsync("blue")));
        var failure = undone.Steps.Single(s => s.Id == "quiesce-blue").Failure!;
        Assert.Equal("SchedulersNotResumed", failure.Id);
        Assert.Contains("Resume-ClusterWorkload -Cluster blue -Class Scheduled", failure.Recommendation, StringComparison.Ordinal);
        Assert.Equal(UpgradeStepState.Undone, undone.Steps.Single(s => s.Id == "scale-down-blue").State);

        scene.Host.Faults.Clear();
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        Assert.Equal((false, true), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
    }

    [Fact]
    public async Task Where_blue_can_not_serve_again_green_serves_on()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(withScaleDown: true));
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Cluster = "blue", Verb = "patch", Resource = "deployments", Count = null });
        var undone = await scene.UndoAsync(removeImported: true);
        Assert.Equal(BlueGreenUpgradeState.UndoFailed, undone.State);
        Assert.Equal((0, 3), (await scene.ReplicasAsync("blue"), await scene.ReplicasAsync("green")));
        Assert.Equal("ServingNotHeld", undone.Steps.Single(s => s.Id == "import").Failure?.Id);
        Assert.Equal((false, true), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));

        scene.Host.Faults.Clear();
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        Assert.Equal((3, null), (await scene.ReplicasAsync("blue"), await scene.ReplicasAsync("green")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_upgrade_begins_while_green_does_not_answer_yet_and_the_plan_waits_for_it(bool other)
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync();
        var revision = scene.Host.Cluster("green").Revision;
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Cluster = "green", Count = 6 });
        var upgrade = await scene.InvokeAsync(other ? plan with { Green = plan.Green! with { ClusterUid = "other" } } : plan);
        Assert.Equal(other ? (BlueGreenUpgradeState.Failed, "OtherCluster") : (BlueGreenUpgradeState.Completed, null), (upgrade.State, upgrade.Failure?.Id));
        if (other)
            Assert.Equal(revision, scene.Host.Cluster("green").Revision);
    }

    [Fact]
    public async Task Removal_can_be_asked_for_later()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync());
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        using (var map = await scene.GetAsync("green", "", "ConfigMap", "web"))
            Assert.NotNull(map);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync(removeImported: true)).State);
        Assert.Null(await scene.GetAsync("green", "", "ConfigMap", "web"));
        Assert.Equal((false, 3), (await scene.IsSuspendedAsync("blue"), await scene.ReplicasAsync("blue")));
        // Once is enough.
        var revision = scene.Host.Cluster("green").Revision;
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync(removeImported: true)).State);
        Assert.Equal(revision, scene.Host.Cluster("green").Revision);
    }

    [Fact]
    public async Task What_others_wrote_beside_the_upgrades_change_is_no_hindrance_and_stays()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await ApplyOverAsync(scene);
        await scene.PatchAsync("green", "", "ConfigMap", "web", """{"metadata":{"annotations":{"example.com/revision":"7"}}}""", "controller");
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        using var map = await scene.GetAsync("green", "", "ConfigMap", "web");
        Assert.Equal(("greens own", "7"), (map!.Root.Member("data").Text("value"), map.Annotation("example.com/revision")));
        Assert.Equal(["controller", "installer"], map.Metadata.Objects("managedFields").Select(m => m.Text("manager")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_kill_between_a_change_and_its_note_costs_nothing()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await ApplyOverAsync(scene);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(scene.WorkPath, "import", "images")))
        {
            var image = JsonNode.Parse(await File.ReadAllTextAsync(file, Token))!.AsObject();
            Assert.True(image.Remove("after"));
            await File.WriteAllTextAsync(file, image.ToJsonString(), Token);
        }

        var lines = (await File.ReadAllLinesAsync(scene.JournalFile, Token)).ToList();
        var began = lines.FindIndex(l => l.Contains("\"StepStarted\",\"step\":\"import\"", StringComparison.Ordinal));
        await File.WriteAllTextAsync(scene.JournalFile, string.Concat(lines.Take(began + 1).Select(l => l + "\n")), Token);
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync()).State);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        using var map = await scene.GetAsync("green", "", "ConfigMap", "web");
        Assert.Equal("greens own", map!.Root.Member("data").Text("value"));
    }

    [Fact]
    public async Task Images_that_are_gone_are_told_once_blue_works_again()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await ApplyOverAsync(scene);
        var images = Path.Combine(scene.WorkPath, "import", "images");
        Directory.Move(images, images + ".elsewhere");
        var undone = await scene.UndoAsync();
        var failure = undone.Steps.Single(s => s.Id == "import").Failure;
        Assert.Equal((BlueGreenUpgradeState.UndoFailed, "ImagesMissing"), (undone.State, failure?.Id));
        Assert.Contains(images, failure!.Message, StringComparison.Ordinal);
        Assert.False(await scene.IsSuspendedAsync("blue"));

        Directory.Move(images + ".elsewhere", images);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        using var map = await scene.GetAsync("green", "", "ConfigMap", "web");
        Assert.Equal("greens own", map!.Root.Member("data").Text("value"));
    }

    [Fact]
    public async Task Secrets_that_were_changed_are_named_since_they_can_not_be_put_back()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("green").Seed([UpgradeScene.Namespace("shop"), UpgradeScene.Secret("db").Replace("planted-4711", "greens-own", StringComparison.Ordinal)], "installer");
        var upgrade = await scene.InvokeAsync(Applying(await scene.PlanAsync(new UpgradePlanOptions { Secret = SecretHandling.Include })));
        Assert.Contains("1 that may hold secrets were changed and can't be put back: v1 Secret shop/db", upgrade.Steps.Single(s => s.Id == "import").Result, StringComparison.Ordinal);
        var left = (await scene.LookAheadAsync(undoes: true)).Left;
        Assert.Contains(left, l => l.Contains("are not put back: v1 Secret shop/db.", StringComparison.Ordinal));
        Assert.Contains(left, l => l.Contains("replaced as a whole on green since", StringComparison.Ordinal));
        await scene.UndoAsync();
        Assert.Contains(scene.Reports.Reporter.Of("warning"), w => w.Contains("Secret shop/db, since it may hold secrets", StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(scene.WorkPath, "import", "images")))
            Assert.DoesNotContain("Z3JlZW5zLW93bg==", await File.ReadAllTextAsync(file, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_its_owner_applies_anew_on_green_is_the_upgrades_still()
    {
        await using var scene = await UpgradeScene.StartAsync();
        string[] applied = [UpgradeScene.ConfigMap("site", "1"), UpgradeScene.Deployment("api")];
        foreach (var o in applied)
            scene.Host.Cluster("blue").Apply(o, "argocd-controller");
        // Whoever owns by update does not drop what it does not name, and costs no second request.
        var asked = scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Cluster = "green", Verb = "patch", Resource = "configmaps", Name = "web", Skip = int.MaxValue });
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.InvokeAsync(await scene.PlanAsync())).State);
        Assert.Equal(0, scene.Host.Faults.Met(asked));
        foreach (var o in applied)
            scene.Host.Cluster("green").Apply(o, "argocd-controller");
        foreach (var (group, kind, name) in ((string, string, string)[])[("", "ConfigMap", "site"), ("apps", "Deployment", "api")])
        {
            using var o = await scene.GetAsync("green", group, kind, name);
            Assert.NotNull(o!.Annotation("konupgrade.dev/upgrade"));
            var ours = Assert.Single(o.Metadata.Objects("managedFields"), m => m.Text("manager") == "konupgrade");
            Assert.Equal("""{"f:metadata":{"f:annotations":{"f:konupgrade.dev/upgrade":{}}}}""", ours.Member("fieldsV1").GetRawText().Replace("\".\":{},", "", StringComparison.Ordinal));
        }

        await scene.UndoAsync();
        using (var api = await scene.GetAsync("green", "apps", "Deployment", "api"))
            Assert.Equal(0, api!.Root.Member("spec").Member("replicas").GetInt32());
        await scene.UndoAsync(removeImported: true);
        Assert.Null(await scene.GetAsync("green", "", "ConfigMap", "site"));
        Assert.Null(await scene.GetAsync("green", "apps", "Deployment", "api"));
    }

    [Fact]
    public async Task An_import_that_ends_before_the_mark_is_ours_makes_it_so_when_it_is_resumed()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Apply(UpgradeScene.ConfigMap("site", "1"), "argocd-controller");
        // The first patch creates it, the next ones say whose the mark is.
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, Cluster = "green", Verb = "patch", Resource = "configmaps", Name = "site", DryRun = false, Skip = 1, Count = 4 });
        var upgrade = await scene.InvokeAsync(await scene.PlanAsync());
        Assert.Equal((BlueGreenUpgradeState.Failed, "import"), (upgrade.State, upgrade.Steps.Single(s => s.State == UpgradeStepState.Failed).Id));

        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync()).State);
        scene.Host.Cluster("green").Apply(UpgradeScene.ConfigMap("site", "1"), "argocd-controller");
        using var site = await scene.GetAsync("green", "", "ConfigMap", "site");
        Assert.NotNull(site!.Annotation("konupgrade.dev/upgrade"));
    }

    [Fact]
    public async Task Rights_that_are_lacking_on_blue_are_told_before_anything_and_the_rest_is_taken_back()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(withScaleDown: true));
        scene.Host.Cluster("blue").Deny(new DeniedAccess { Verb = "patch", Resource = "cronjobs" });
        var undone = await scene.UndoAsync();
        Assert.Equal((BlueGreenUpgradeState.UndoFailed, UpgradeStepState.UndoFailed), (undone.State, undone.Steps.Single(s => s.Id == "quiesce-blue").State));
        AssertToldFirst(scene, "blue: patch CronJob.batch (step quiesce-blue)");
        Assert.Equal((true, 3, true, 0), (await scene.IsSuspendedAsync("blue"), await scene.ReplicasAsync("blue"), await scene.IsSuspendedAsync("green"), await scene.ReplicasAsync("green")));

        scene.Host.Cluster("blue").AllowAgain();
        Assert.Equal((BlueGreenUpgradeState.Undone, false), ((await scene.UndoAsync()).State, await scene.IsSuspendedAsync("blue")));
    }

    [Fact]
    public async Task Where_a_cluster_stops_answering_while_it_is_asked_for_rights_what_is_known_is_told_and_blue_works_again()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(withScaleDown: true));
        scene.Host.Cluster("green").Deny(new DeniedAccess { Verb = "delete" });
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, Cluster = "green", Resource = "selfsubjectaccessreviews", Skip = 40, Count = null });
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, Cluster = "blue", Resource = "selfsubjectaccessreviews", Count = null });
        var undone = await scene.UndoAsync(removeImported: true);
        Assert.Equal((BlueGreenUpgradeState.UndoFailed, false, 3), (undone.State, await scene.IsSuspendedAsync("blue"), await scene.ReplicasAsync("blue")));
        AssertToldFirst(scene, "green: delete ");
        AssertToldFirst(scene, "green could not be asked for all rights");
        AssertToldFirst(scene, "blue could not be asked for all rights");
    }

    [Fact]
    public async Task Rights_that_are_lacking_on_green_are_told_before_anything_and_blue_works_again()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(withScaleDown: true));
        scene.Host.Cluster("green").Deny(new DeniedAccess { Verb = "delete", Resource = "configmaps" });
        var undone = await scene.UndoAsync(removeImported: true);
        Assert.Equal((BlueGreenUpgradeState.UndoFailed, false, 3), (undone.State, await scene.IsSuspendedAsync("blue"), await scene.ReplicasAsync("blue")));
        AssertToldFirst(scene, "green: delete ConfigMap (step ");

        scene.Host.Cluster("green").AllowAgain();
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        Assert.Null(await scene.GetAsync("green", "", "ConfigMap", "web"));
    }

    private static void AssertToldFirst(UpgradeScene scene, string what)
    {
        var messages = scene.Reports.Reporter.Messages.ToList();
        var told = messages.FindIndex(m => m.Level == "warning" && m.Message.Contains(what, StringComparison.Ordinal));
        var first = messages.FindIndex(m => m.Level == "information" && m.Message.Contains("taking back", StringComparison.Ordinal));
        Assert.True(told >= 0 && told < first, $"{what}: {told} {first} {string.Join('\n', messages.Select(m => m.Message))}");
    }

    private static async Task ApplyOverAsync(UpgradeScene scene)
    {
        scene.Host.Cluster("green").Seed([UpgradeScene.Namespace("shop"), UpgradeScene.ConfigMap("web", "greens own")], "installer");
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.InvokeAsync(Applying(await scene.PlanAsync()))).State);
        using var map = await scene.GetAsync("green", "", "ConfigMap", "web");
        Assert.Equal("1", map!.Root.Member("data").Text("value"));
    }

    private static UpgradePlan Applying(UpgradePlan plan) => plan with
    {
        Steps = [.. plan.Steps.Select(s => s.Id == "import" ? s with { Setting = new Dictionary<string, string>(s.Setting) { ["existing"] = "Apply", ["forceConflict"] = "true" } } : s)],
    };

    private static string Owned(string kind, string name, string uid, string owner, bool controller, string? upgrade)
    {
        var o = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = "shop",
                ["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["name"] = owner, ["uid"] = uid, ["controller"] = controller }),
            },
        };
        if (upgrade is not null)
            o["metadata"]!["annotations"] = new JsonObject { ["konupgrade.dev/upgrade"] = upgrade };
        if (kind == "PersistentVolumeClaim")
            o["spec"] = new JsonObject { ["accessModes"] = new JsonArray("ReadWriteOnce"), ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = "1Gi" } } };
        return o.ToJsonString();
    }
}
