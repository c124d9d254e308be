using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Workloads;

namespace KonUpgrade.Engine.Tests.Workloads;

public sealed class HoldRevisionTests
{
    private static readonly HoldRequest s_request = new(new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero)) { Upgrade = "up", Owner = new FieldManager("helm", "Update") };

    public static TheoryData<string, string, string> Changed => new()
    {
        { "CronJob", """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c"},"spec":{"schedule":"* * * * *"}}""", """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c"},"spec":{"schedule":"* * * * *","suspend":true}}""" },
        { "Deployment", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":3}}""", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":5}}""" },
        { "Deployment", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":3}}""", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":0}}""" },
        { "App", """{"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"a"},"spec":{"targets":[{"name":"production","deployMode":"latest"},{"name":"staging","deployMode":"latest"}]}}""", """{"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"a"},"spec":{"targets":[{"name":"production","deployMode":"latest"},{"name":"staging","deployMode":"manual"}]}}""" },
        { "Notebook", """{"apiVersion":"kubeflow.org/v1","kind":"Notebook","metadata":{"name":"b","annotations":{"a":"b"}}}""", """{"apiVersion":"kubeflow.org/v1","kind":"Notebook","metadata":{"name":"b","annotations":{"a":"b","kubeflow-resource-stopped":"2026-01-01T00:00:00Z"}}}""" },
    };

    [Theory]
    [MemberData(nameof(Changed))]
    public void What_is_wanted_by_now_comes_back_and_nothing_runs_by_that(string kind, string first, string wanted)
    {
        using var held = Held(kind, first);
        var revision = HoldRevision.Of(held, Tree(wanted), Means(kind), s_request);
        Assert.NotNull(revision);
        Assert.Single(revision.Fields);

        using var revised = Revised(held, revision);
        Assert.True(WorkloadHold.Rests(revised, Means(kind)));
        Assert.Null(HoldRevision.Of(revised, Tree(wanted), Means(kind), s_request));
        Assert.True(JsonNode.DeepEquals(Tree(wanted), JsonTree.Parse(WorkloadHold.Release(revised)!.Json)));
    }

    [Theory]
    [MemberData(nameof(Changed))]
    public void What_comes_back_as_it_is_wanted_is_left(string kind, string first, string wanted)
    {
        using var held = Held(kind, first);
        Assert.Null(HoldRevision.Of(held, Tree(first), Means(kind), s_request));
        Assert.NotEqual(first, wanted);
    }

    [Fact]
    public void What_somebody_has_started_since_is_left()
    {
        using var held = Held("Deployment", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":3}}""");
        var root = JsonTree.Parse(held.Json);
        root["spec"]!["replicas"] = 2;
        using var started = KubernetesObject.Parse(JsonTree.Write(root));
        Assert.Null(HoldRevision.Of(started, Tree("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":5}}"""), Means("Deployment"), s_request));
    }

    [Fact]
    public void What_rests_and_is_to_run_is_held_and_what_runs_unheld_is_left()
    {
        using var resting = KubernetesObject.Parse("""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c"},"spec":{"suspend":true}}"""u8.ToArray());
        var runs = Tree("""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c"},"spec":{"suspend":false}}""");
        using var revised = Revised(resting, HoldRevision.Of(resting, runs, Means("CronJob"), s_request)!);
        var released = WorkloadHold.Release(revised)!;
        Assert.Equal(("up", new FieldManager("helm", "Update")), (released.Upgrade, released.Owners.Single().Managers.Single()));
        Assert.Equal("false", released.Fields.Single().After);

        using var running = KubernetesObject.Parse(JsonTree.Write(runs));
        Assert.Null(HoldRevision.Of(running, Tree("""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c"},"spec":{"suspend":true}}"""), Means("CronJob"), s_request));
    }

    [Fact]
    public void What_speaks_against_its_running_by_now_is_kept_with_it_and_what_did_before_is_not_forgotten()
    {
        using var resting = KubernetesObject.Parse("""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c"},"spec":{"suspend":true}}"""u8.ToArray());
        var why = s_request with { Reason = "data is missing", Needs = [new HoldNeed("PersistentVolumeClaim", "shop", "data")], Outward = new HoldOutward("CronJob", "it sends mail") };
        using var revised = Revised(resting, HoldRevision.Of(resting, Tree("""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c"},"spec":{"suspend":false}}"""), Means("CronJob"), why)!);
        using var again = Revised(revised, HoldRevision.Of(revised, Tree("""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c"},"spec":{"suspend":true}}"""), Means("CronJob"), s_request)!);
        foreach (var o in (KubernetesObject[])[revised, again])
        {
            var released = WorkloadHold.Release(o)!;
            Assert.Equal(("data is missing", why.Outward), (released.Reason, released.Outward));
            Assert.Equal(why.Needs, released.Needs);
        }
    }

    private static KubernetesObject Held(string kind, string json)
    {
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes(json));
        return KubernetesObject.Parse(WorkloadHold.Hold(o, Means(kind), s_request).Json);
    }

    private static KubernetesObject Revised(KubernetesObject held, HoldRevision revision)
    {
        var root = JsonTree.Parse(held.Json);
        var metadata = root["metadata"]!.AsObject();
        var annotations = metadata["annotations"] as JsonObject ?? [];
        metadata["annotations"] = annotations.DeepClone();
        metadata["annotations"]![WorkloadHold.Annotation] = JsonTree.Parse(revision.Patch)["metadata"]!["annotations"]![WorkloadHold.Annotation]!.DeepClone();
        return KubernetesObject.Parse(JsonTree.Write(root));
    }

    private static JsonObject Tree(string json) => JsonTree.Parse(Encoding.UTF8.GetBytes(json));

    private static HoldMeans Means(string kind) => HoldRules.For(new SystemCatalog().Whole.Description).First(means => means.Kind == kind);
}
