using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Workloads;

public sealed class WorkloadHoldTests
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    public static TheoryData<string, string> Workloads => new()
    {
        { "CronJob", """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c","namespace":"n"},"spec":{"schedule":"* * * * *","suspend":false}}""" },
        { "CronJob", """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c","namespace":"n"},"spec":{"schedule":"* * * * *"}}""" },
        { "Job", """{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j","annotations":{"a":"b"}},"spec":{"template":{}}}""" },
        { "Deployment", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":3,"template":{}}}""" },
        { "Deployment", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"template":{}}}""" },
        { "StatefulSet", """{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"s"},"spec":{"replicas":9007199254740993,"template":{}}}""" },
        { "ReplicaSet", """{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"r"},"spec":{"replicas":1}}""" },
        { "DaemonSet", """{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"d"},"spec":{"template":{"spec":{"containers":[]}}}}""" },
        { "DaemonSet", """{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"d"},"spec":{"template":{"spec":{"nodeSelector":{"disk":"ssd"}}}}}""" },
        { "DaemonSet", """{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"d"}}""" },
        { "App", """{"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"a"},"spec":{"targets":[{"name":"production","deployMode":"latest"},{"name":"staging"},{"scale":{"min":1}}]}}""" },
        { "Notebook", """{"apiVersion":"kubeflow.org/v1","kind":"Notebook","metadata":{"name":"b","namespace":"u"},"spec":{}}""" },
        { "ScheduledWorkflow", """{"apiVersion":"kubeflow.org/v1beta1","kind":"ScheduledWorkflow","metadata":{"name":"s"},"spec":{"enabled":true}}""" },
        { "Cluster", """{"apiVersion":"kubermatic.k8c.io/v1","kind":"Cluster","metadata":{"name":"abc"},"spec":{"pause":false}}""" },
        { "ScaledObject", """{"apiVersion":"keda.sh/v1alpha1","kind":"ScaledObject","metadata":{"name":"k","annotations":{"x":"y"}},"spec":{}}""" },
        { "Schedule", """{"apiVersion":"velero.io/v1","kind":"Schedule","metadata":{"name":"daily"},"spec":{"schedule":"0 1 * * *"}}""" },
    };

    [Theory]
    [MemberData(nameof(Workloads))]
    public void What_was_before_comes_back_exactly(string kind, string json)
    {
        var held = Hold(json, kind);
        Assert.Equal(HoldOutcome.Held, held.Outcome);
        Assert.NotEmpty(held.Fields);
        using var o = KubernetesObject.Parse(held.Json);
        Assert.True(WorkloadHold.IsHeld(o));
        var released = WorkloadHold.Release(o)!;
        AssertSame(json, released.Json);
        Assert.Equal(held.Fields.Select(f => (f.Path, f.After, f.Before)), released.Fields.Select(f => (f.Path, f.Before, f.After)));
        Assert.Empty(released.Kept);
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Held_twice_and_released_once_the_first_state_is_back(string kind, string json)
    {
        var held = Hold(json, kind);
        var again = Hold(Text(held.Json), kind);
        Assert.Equal(HoldOutcome.HeldAlready, again.Outcome);
        Assert.Empty(again.Fields);
        AssertSame(Text(held.Json), again.Json);
        using var o = KubernetesObject.Parse(again.Json);
        AssertSame(json, WorkloadHold.Release(o)!.Json);
    }

    [Fact]
    public void Each_kind_is_held_by_its_own_means()
    {
        string[] held = [.. Workloads.Select(w => w.Data).Select(w => string.Join("; ", Hold(w.Item2, w.Item1).Fields))];
        Assert.Equal(
            [
                "spec.suspend: false → true",
                "spec.suspend: (none) → true",
                "spec.suspend: (none) → true",
                "spec.replicas: 3 → 0",
                "spec.replicas: (none) → 0",
                "spec.replicas: 9007199254740993 → 0",
                "spec.replicas: 1 → 0",
                "spec.template.spec.nodeSelector['konupgrade.dev/held']: (none) → \"true\"",
                "spec.template.spec.nodeSelector['konupgrade.dev/held']: (none) → \"true\"",
                "spec.template.spec.nodeSelector['konupgrade.dev/held']: (none) → \"true\"",
                "spec.targets[production].deployMode: \"latest\" → \"halt\"; spec.targets[staging].deployMode: (none) → \"halt\"; spec.targets[2].deployMode: (none) → \"halt\"",
                "metadata.annotations.kubeflow-resource-stopped: (none) → \"2026-05-04T03:02:01Z\"",
                "spec.enabled: true → false",
                "spec.pause: false → true",
                "metadata.annotations['autoscaling.keda.sh/paused-replicas']: (none) → \"0\"",
                "spec.paused: (none) → true",
            ],
            held);
    }

    [Fact]
    public void What_somebody_changed_since_is_left_and_said()
    {
        var held = Change(Hold("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":5}}""", "Deployment").Json, o => o["spec"]!["replicas"] = 3);
        using var o = KubernetesObject.Parse(held);
        var released = WorkloadHold.Release(o)!;
        AssertSame("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":3}}""", released.Json);
        Assert.Empty(released.Fields);
        Assert.Equal("spec.replicas was changed since it was held, and is left as it is: 3.", Assert.Single(released.Kept));
    }

    [Fact]
    public void What_somebody_started_and_is_held_again_comes_back_as_they_had_it()
    {
        var changed = Change(Hold("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":5}}""", "Deployment").Json, o => o["spec"]!["replicas"] = 3);
        var again = Hold(Text(changed), "Deployment");
        Assert.Equal("spec.replicas: 3 → 0", Assert.Single(again.Fields).ToString());
        using var o = KubernetesObject.Parse(again.Json);
        AssertSame("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":3}}""", WorkloadHold.Release(o)!.Json);
    }

    [Theory]
    [InlineData("""{"limit":10}""")]
    [InlineData("""{}""")]
    public void Held_by_another_value_what_was_first_is_kept(string spec)
    {
        var json = $$$"""{"apiVersion":"shop.example/v1","kind":"Queue","metadata":{"name":"q"},"spec":{{{spec}}}}""";
        HoldMeans At(int limit) => new() { Group = "shop.example", Kind = "Queue", Class = WorkloadClass.Scheduled, Fields = [new HoldingField(Engine.Foundation.Json.FieldPath.Of("spec", "limit"), $"{limit}")] };
        using var first = Object(json);
        using var held = KubernetesObject.Parse(WorkloadHold.Hold(first, At(2), new HoldRequest(s_now)).Json);
        var again = WorkloadHold.Hold(held, At(3), new HoldRequest(s_now));
        Assert.Equal("spec.limit: 2 → 3", Assert.Single(again.Fields).ToString());
        using var other = KubernetesObject.Parse(again.Json);
        AssertSame(json, WorkloadHold.Release(other)!.Json);
    }

    [Fact]
    public void Of_an_App_each_target_is_given_back_for_itself_and_targets_may_come_and_go()
    {
        var held = Hold("""{"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"a"},"spec":{"targets":[{"name":"x"},{"name":"gone"},{"name":"asleep","deployMode":"halt"},{"name":"y","deployMode":"latest"}]}}""", "App");
        Assert.Equal(["spec.targets[x].deployMode", "spec.targets[gone].deployMode", "spec.targets[y].deployMode"], held.Fields.Select(f => f.Path));
        var changed = Change(held.Json, o =>
        {
            var targets = o["spec"]!["targets"]!.AsArray();
            targets.RemoveAt(1);
            targets.Insert(0, new JsonObject { ["name"] = "new" });
        });
        using var app = KubernetesObject.Parse(changed);
        AssertSame(
            """{"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"a"},"spec":{"targets":[{"name":"new"},{"name":"x"},{"name":"asleep","deployMode":"halt"},{"name":"y","deployMode":"latest"}]}}""",
            WorkloadHold.Release(app)!.Json);
    }

    [Theory]
    [InlineData("CronJob", """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c"},"spec":{"suspend":true}}""")]
    [InlineData("Deployment", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"c"},"spec":{"replicas":0}}""")]
    [InlineData("Notebook", """{"apiVersion":"kubeflow.org/v1","kind":"Notebook","metadata":{"name":"b","annotations":{"kubeflow-resource-stopped":"2020-01-01T00:00:00Z"}}}""")]
    [InlineData("Job", """{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"c"},"spec":{},"status":{"conditions":[{"type":"Complete","status":"True"}]}}""")]
    [InlineData("App", """{"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"c"},"spec":{}}""")]
    public void What_does_not_run_is_not_held_and_so_is_never_started(string kind, string json)
    {
        var result = Hold(json, kind);
        Assert.Contains(result.Outcome, new[] { HoldOutcome.AtRest, HoldOutcome.Over });
        AssertSame(json, result.Json);
    }

    [Fact]
    public void What_a_controller_owns_is_left_to_it()
    {
        var result = Hold(
            """{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"r","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","uid":"1","controller":true}]},"spec":{"replicas":2}}""",
            "ReplicaSet");
        Assert.Equal(HoldOutcome.Owned, result.Outcome);
        Assert.Equal("Its controller, Deployment web, decides whether it runs.", result.Note);
    }

    [Fact]
    public void What_a_Deployment_gives_its_ReplicaSets_of_its_annotations_holds_none_of_them()
    {
        using var copy = Object(
            """{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"r","annotations":{"konupgrade.dev/held":"{}"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","uid":"1","controller":true}]},"spec":{"replicas":0}}""");
        Assert.Null(WorkloadHold.Release(copy));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":2,"fields":[]}""")]
    [InlineData("""{"fields":[{"held":1}]}""")]
    [InlineData("""{"fields":[{"path":"a..b","held":1}]}""")]
    [InlineData("""{"fields":[{"path":"spec.suspend"}]}""")]
    [InlineData("""{"fields":[{"path":7,"held":1}]}""")]
    [InlineData("""{"outward":"Deployment","fields":[]}""")]
    [InlineData("""{"outward":{"kind":"Deployment"},"fields":[]}""")]
    public void A_damaged_state_is_one_clear_failure(string state)
    {
        var node = JsonNode.Parse("""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c","namespace":"n","annotations":{}},"spec":{"suspend":true}}""")!;
        node["metadata"]!["annotations"]![WorkloadHold.Annotation] = state;
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes(node.ToJsonString()));
        foreach (var attempt in new Action[] { () => WorkloadHold.Release(o), () => WorkloadHold.Hold(o, Means("CronJob"), new HoldRequest(s_now)) })
        {
            var failure = Assert.Throws<UpgradeException>(attempt).Failure;
            Assert.Equal("HoldStateDamaged", failure.Id);
            Assert.Equal("batch/v1 CronJob n/c", failure.Target);
            Assert.Contains("konupgrade.dev/held", failure.Message, StringComparison.Ordinal);
            Assert.NotNull(failure.Recommendation);
        }
    }

    [Fact]
    public void An_object_that_is_not_what_its_kind_promises_is_a_failure_and_not_a_guess()
    {
        var failure = Assert.Throws<UpgradeException>(() => Hold("""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c"},"spec":"none"}""", "CronJob")).Failure;
        Assert.Equal("HoldNotPossible", failure.Id);
    }

    [Fact]
    public void Why_it_is_held_is_kept_with_it()
    {
        using var o = Object("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":1}}""");
        var held = WorkloadHold.Hold(o, Means("Deployment"), new HoldRequest(s_now) { Reason = "its claim is not there" });
        using var there = KubernetesObject.Parse(held.Json);
        Assert.Equal("its claim is not there", WorkloadHold.Release(there)!.Reason);
        Assert.Empty(WorkloadHold.Release(there)!.Needs);
    }

    [Fact]
    public void What_must_be_there_before_it_runs_is_kept_with_it_also_where_it_is_held_again()
    {
        using var o = Object("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":1}}""");
        HoldNeed[] needs = [new("PersistentVolumeClaim", "shop", "data"), new("PersistentVolumeClaim", null, "more")];
        using var held = KubernetesObject.Parse(WorkloadHold.Hold(o, Means("Deployment"), new HoldRequest(s_now) { Needs = needs }).Json);
        Assert.Equal(needs, WorkloadHold.Release(held)!.Needs);
        using var started = Object(Text(held.Json).Replace("\"replicas\":0", "\"replicas\":4", StringComparison.Ordinal));
        var again = WorkloadHold.Hold(started, Means("Deployment"), new HoldRequest(s_now));
        Assert.Equal(HoldOutcome.Held, again.Outcome);
        using var twice = KubernetesObject.Parse(again.Json);
        Assert.Equal(needs, WorkloadHold.Release(twice)!.Needs);
    }

    [Fact]
    public void That_it_acts_outside_is_kept_with_it_also_where_it_is_held_again()
    {
        using var o = Object("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":1}}""");
        var outward = new HoldOutward("Deployment", "it publishes names");
        using var held = KubernetesObject.Parse(WorkloadHold.Hold(o, Means("Deployment"), new HoldRequest(s_now) { Outward = outward }).Json);
        Assert.Equal(outward, WorkloadHold.Release(held)!.Outward);
        using var started = Object(Text(held.Json).Replace("\"replicas\":0", "\"replicas\":4", StringComparison.Ordinal));
        using var twice = KubernetesObject.Parse(WorkloadHold.Hold(started, Means("Deployment"), new HoldRequest(s_now)).Json);
        Assert.Equal(outward, WorkloadHold.Release(twice)!.Outward);
    }

    [Fact]
    public void Elements_of_one_name_are_given_back_each_its_own()
    {
        const string Targets = """{"name":"x","deployMode":"latest","zone":"a"},{"name":"x","deployMode":"promote","zone":"b"}""";
        var held = Hold(App(Targets), "App");
        Assert.Equal(2, held.Fields.Count);
        using var app = KubernetesObject.Parse(held.Json);
        AssertSame(App(Targets), WorkloadHold.Release(app)!.Json);
        using var turned = KubernetesObject.Parse(Change(held.Json, o => Reverse(o["spec"]!["targets"]!.AsArray())));
        AssertSame(App("""{"name":"x","deployMode":"promote","zone":"b"},{"name":"x","deployMode":"latest","zone":"a"}"""), WorkloadHold.Release(turned)!.Json);
    }

    [Fact]
    public void Elements_without_a_name_are_known_by_what_is_in_them_wherever_they_stand()
    {
        var held = Hold(App("""{"zone":"a","deployMode":"latest"},{"zone":"b","deployMode":"promote"},{"zone":"c"}"""), "App");
        var changed = Change(held.Json, o =>
        {
            var targets = o["spec"]!["targets"]!.AsArray();
            Reverse(targets);
            targets.Insert(0, new JsonObject { ["zone"] = "new", ["deployMode"] = "halt" });
            // A default that a server adds does not make it another one.
            targets[2]!["size"] = 1;
        });
        using var app = KubernetesObject.Parse(changed);
        var released = WorkloadHold.Release(app)!;
        AssertSame(App("""{"zone":"new","deployMode":"halt"},{"zone":"c"},{"zone":"b","deployMode":"promote","size":1},{"zone":"a","deployMode":"latest"}"""), released.Json);
        Assert.Empty(released.Kept);
    }

    [Fact]
    public void What_was_in_an_element_that_is_gone_is_given_to_no_other_and_said()
    {
        var held = Hold(App("""{"name":"x","deployMode":"latest"},{"zone":"b","deployMode":"promote"}"""), "App");
        var changed = Change(held.Json, o =>
        {
            var targets = o["spec"]!["targets"]!.AsArray();
            targets[0]!["name"] = "y";
            targets[1]!["zone"] = "other";
        });
        using var app = KubernetesObject.Parse(changed);
        var released = WorkloadHold.Release(app)!;
        AssertSame(App("""{"name":"y","deployMode":"halt"},{"zone":"other","deployMode":"halt"}"""), released.Json);
        Assert.Equal(
            [
                "spec.targets[x].deployMode is not given back (\"latest\"): the element of the list that it was in is gone, or can't be told from others.",
                "spec.targets[1].deployMode is not given back (\"promote\"): the element of the list that it was in is gone, or can't be told from others.",
            ],
            released.Kept);
    }

    [Theory]
    [InlineData("""{"size":1,"deployMode":"latest"},{"size":1,"deployMode":"promote"},{"size":1}""")]
    [InlineData("""{"size":1,"deployMode":"halt"},{"size":1,"deployMode":"promote"},{"size":1,"deployMode":"halt"}""")]
    [InlineData("""{"name":"1","deployMode":"latest"},{"size":1,"deployMode":"promote"},{"name":"0"}""")]
    [InlineData("""{"a":1},{"a":1,"b":2,"deployMode":"latest"}""")]
    public void Elements_that_are_alike_come_back_each_in_its_place(string targets)
    {
        using var app = KubernetesObject.Parse(Hold(App(targets), "App").Json);
        AssertSame(App(targets), WorkloadHold.Release(app)!.Json);
    }

    [Fact]
    public void Of_elements_that_were_alike_and_are_fewer_now_none_is_guessed()
    {
        using var app = KubernetesObject.Parse(Change(Hold(App("""{"size":1,"deployMode":"latest"},{"size":1,"deployMode":"promote"}"""), "App").Json, o => o["spec"]!["targets"]!.AsArray().RemoveAt(0)));
        var released = WorkloadHold.Release(app)!;
        AssertSame(App("""{"size":1,"deployMode":"halt"}"""), released.Json);
        Assert.Equal(2, released.Kept.Count);
    }

    [Fact]
    public void Elements_that_moved_and_are_held_again_keep_what_was_first()
    {
        var held = Hold(App("""{"zone":"a","deployMode":"latest"},{"zone":"b","deployMode":"promote"}"""), "App");
        var again = Hold(Text(Change(held.Json, o =>
        {
            var targets = o["spec"]!["targets"]!.AsArray();
            Reverse(targets);
            targets.Insert(0, new JsonObject { ["zone"] = "c", ["deployMode"] = "branch" });
        })), "App");
        Assert.Equal("spec.targets[0].deployMode: \"branch\" → \"halt\"", Assert.Single(again.Fields).ToString());
        using var app = KubernetesObject.Parse(again.Json);
        AssertSame(App("""{"zone":"c","deployMode":"branch"},{"zone":"b","deployMode":"promote"},{"zone":"a","deployMode":"latest"}"""), WorkloadHold.Release(app)!.Json);
    }

    [Fact]
    public void What_somebody_has_taken_since_it_was_released_is_not_taken_from_them()
    {
        const string Live =
            """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","uid":"u","resourceVersion":"7","managedFields":[
              {"manager":"konupgrade","operation":"Update","apiVersion":"apps/v1","fieldsV1":{"f:spec":{"f:paused":{}}}},
              {"manager":"OWNER","operation":"Update","apiVersion":"apps/v1","fieldsV1":{"f:spec":{"f:replicas":{}}}}]},"spec":{"replicas":7}}
            """;
        ReleasedOwner[] owners = [new(Engine.Foundation.Json.FieldPath.Of("spec", "replicas"), [new FieldManager("argocd", "Apply")])];
        using var theirs = Object(Live.Replace("OWNER", "kubectl", StringComparison.Ordinal));
        Assert.Null(FieldTransfer.Restore(theirs, owners, ["konupgrade"], s_now));
        using var ours = Object(Live.Replace("OWNER", "konupgrade", StringComparison.Ordinal));
        Assert.Contains("argocd", Text(FieldTransfer.Restore(ours, owners, ["konupgrade"], s_now)!), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_owned_a_field_is_kept_with_it()
    {
        using var o = Object(
            """
            {"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c","managedFields":[
              {"manager":"helm","operation":"Update","fieldsV1":{"f:spec":{"f:suspend":{},"f:schedule":{}}}},
              {"manager":"argocd","operation":"Apply","fieldsV1":{"f:spec":{"f:suspend":{}}}},
              {"manager":"kube-controller-manager","operation":"Update","subresource":"status","fieldsV1":{"f:spec":{"f:suspend":{}}}},
              {"manager":"kubectl","operation":"Update","fieldsV1":{"f:spec":{"f:schedule":{}}}}]},"spec":{"suspend":false}}
            """);
        var held = WorkloadHold.Hold(o, Means("CronJob"), new HoldRequest(s_now) { Owner = new FieldManager("somebody", "Update") });
        using var there = KubernetesObject.Parse(held.Json);
        Assert.Equal([new FieldManager("helm", "Update"), new FieldManager("argocd", "Apply")], Assert.Single(WorkloadHold.Release(there)!.Owners).Managers);
    }

    [Fact]
    public void What_is_held_in_a_list_belongs_with_the_list_to_its_owner()
    {
        using var app = KubernetesObject.Parse("""{"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"a"},"spec":{"targets":[{"name":"production"}]}}"""u8.ToArray());
        var owner = new FieldManager("argocd-controller", "Apply");

        using var held = KubernetesObject.Parse(WorkloadHold.Hold(app, Means("App"), new HoldRequest(s_now) { Owner = owner }).Json);

        Assert.Equal([owner], Assert.Single(WorkloadHold.Release(held)!.Owners).Managers);
    }

    [Theory]
    [InlineData("\"team\":\"ml\",")]
    [InlineData("")]
    public void An_annotation_that_holds_goes_though_the_one_that_says_so_stays_until_the_owner_has_its_fields(string others)
    {
        using var o = Object(
            $$$"""
            {"apiVersion":"kubeflow.org/v1","kind":"Notebook","metadata":{"name":"lab","namespace":"anna","uid":"u","resourceVersion":"7","annotations":{ {{{others}}}
              "kubeflow-resource-stopped":"2026-11-21T23:53:09Z","konupgrade.dev/held":"{\"version\":1,\"fields\":[{\"path\":\"metadata.annotations.kubeflow-resource-stopped\",\"held\":\"2026-11-21T23:53:09Z\"}]}"} } }
            """);
        var resource = new ApiResource { Group = "kubeflow.org", Version = "v1", Kind = "Notebook", Plural = "notebooks", Namespaced = true };

        var step = WorkloadStep.Of(o, resource, Means("Notebook"), new WorkloadOptions { Resume = true, Means = [Means("Notebook")] }, "green", named: false, s_now)!;

        Assert.Equal(WorkloadChangeAction.Resumed, step.Change.Action);
        var annotations = JsonNode.Parse(step.Patch)!["metadata"]!["annotations"] as JsonObject;
        Assert.True(annotations is not null && annotations.ContainsKey("kubeflow-resource-stopped") && annotations["kubeflow-resource-stopped"] is null, Encoding.UTF8.GetString(step.Patch!));
        Assert.True(step.StaysHeld != annotations.ContainsKey("konupgrade.dev/held"), Encoding.UTF8.GetString(step.Patch!));
        Assert.False(annotations.ContainsKey("team"));
    }

    private static HoldMeans Means(string kind) =>
        HoldRules.For(new SystemCatalog(new SystemServices { Roles = null }).Get("Kubernetes").Description).Single(m => m.Kind == kind);

    private static HoldResult Hold(string json, string kind)
    {
        using var o = Object(json);
        return WorkloadHold.Hold(o, Means(kind), new HoldRequest(s_now));
    }

    private static string App(string targets) =>
        $$$"""{"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"a"},"spec":{"targets":[{{{targets}}}]}}""";

    private static void Reverse(JsonArray list)
    {
        var elements = list.Reverse().ToList();
        list.Clear();
        elements.ForEach(list.Add);
    }

    private static KubernetesObject Object(string json) => KubernetesObject.Parse(Encoding.UTF8.GetBytes(json));

    private static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);

    private static ReadOnlyMemory<byte> Change(ReadOnlyMemory<byte> json, Action<JsonNode> change)
    {
        var node = JsonNode.Parse(json.Span)!;
        change(node);
        return Encoding.UTF8.GetBytes(node.ToJsonString());
    }

    // Compared as text: 9007199254740993 must not have gone through a double.
    private static void AssertSame(string expected, ReadOnlyMemory<byte> actual) => Assert.Equal(expected, Text(actual));
}
