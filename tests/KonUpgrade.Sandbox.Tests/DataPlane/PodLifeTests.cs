using System.Net;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.DataPlane.Pods;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

public sealed class PodLifeTests : LivePlay
{
    [Fact]
    public async Task A_pod_is_bound_runs_and_is_ready_in_its_time()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Pods, Pod("a"));
        await SettleAsync();
        JsonObject pod = await GetAsync($"{Pods}/a");
        Assert.Equal("one", (string?)pod["spec"]!["nodeName"]);
        Assert.Equal("Running", Phase(pod));
        Assert.Equal("True", Status(pod, "PodScheduled"));
        Assert.Equal("False", Status(pod, "Ready"));
        Assert.NotNull(pod["status"]!["startTime"]);
        await AdvanceAsync(0.9);
        Assert.False(IsReady(await GetAsync($"{Pods}/a")));
        await AdvanceAsync(0.2);
        pod = await GetAsync($"{Pods}/a");
        Assert.True(IsReady(pod));
        Assert.True((bool)pod["status"]!["containerStatuses"]![0]!["ready"]!);
        Assert.StartsWith("10.244.", (string?)pod["status"]!["podIP"], StringComparison.Ordinal);
    }

    [Fact]
    public void Each_of_all_addresses_of_pods_is_one()
        => Assert.All(Enumerable.Range(1, Kubelet.MostAddresses), number => Assert.True(IPAddress.TryParse(Kubelet.Address(number), out _), Kubelet.Address(number)));

    [Fact]
    public async Task A_pod_without_room_waits_and_says_why()
    {
        await ApplyAsync(Pods, Pod("a"));
        await SettleAsync();
        Assert.Equal("no nodes available to schedule pods", (string?)Condition(await GetAsync($"{Pods}/a"), "PodScheduled")!["message"]);
        await NodesAsync(
            new NodeShape { Name = "cordoned", Taints = [new("dedicated", "NoSchedule", "gpu")] },
            new NodeShape { Name = "small", Cpu = "100m", Memory = "64Mi" },
            new NodeShape { Name = "other", Labels = new Dictionary<string, string> { ["pool"] = "b" } });
        await ApplyAsync(Pods, Pod("b", ""","nodeSelector":{"pool":"a"}""", container: ""","resources":{"requests":{"cpu":"1"}}"""));
        (await Client.MergeAsync("/api/v1/nodes/small", """{"metadata":{"labels":{"pool":"a"}}}""")).Must(200);
        await SettleAsync();
        JsonNode told = Condition(await GetAsync($"{Pods}/b"), "PodScheduled")!;
        Assert.Equal("Unschedulable", (string?)told["reason"]);
        Assert.Equal("0/3 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint {dedicated: gpu}.", (string?)told["message"]);
        (await Client.MergeAsync("/api/v1/nodes/other", """{"metadata":{"labels":{"pool":"a"}}}""")).Must(200);
        await SettleAsync();
        Assert.Equal("other", (string?)(await GetAsync($"{Pods}/b"))["spec"]!["nodeName"]);
    }

    [Fact]
    public async Task A_deleted_pod_takes_its_grace_and_no_more()
    {
        Plane.Settings = Plane.Settings with { EndAfter = null };
        await NodesAsync(Node("one"));
        await ApplyAsync(Pods, Pod("a", ""","terminationGracePeriodSeconds":10"""));
        await AdvanceAsync(2);
        JsonObject deleted = (await Client.DeleteAsync($"{Pods}/a")).Must(200).Json;
        Assert.Equal(10, (long)deleted["metadata"]!["deletionGracePeriodSeconds"]!);
        Assert.NotNull(deleted["metadata"]!["deletionTimestamp"]);
        await AdvanceAsync(9.9);
        Assert.True(IsReady(await GetAsync($"{Pods}/a")));
        await AdvanceAsync(0.2);
        (await Client.GetAsync($"{Pods}/a")).Must(404);
    }

    [Fact]
    public async Task A_grace_period_is_shortened_and_never_lengthened()
    {
        Plane.Settings = Plane.Settings with { EndAfter = null };
        await NodesAsync(Node("one"));
        await ApplyAsync(Pods, Pod("a"));
        await ApplyAsync(Pods, Pod("b"));
        await AdvanceAsync(2);
        (await Client.DeleteAsync($"{Pods}/a?gracePeriodSeconds=20")).Must(200);
        JsonObject longer = (await Client.DeleteAsync($"{Pods}/a?gracePeriodSeconds=60")).Must(200).Json;
        Assert.Equal(20, (long)longer["metadata"]!["deletionGracePeriodSeconds"]!);
        JsonObject shorter = (await Client.DeleteAsync($"{Pods}/a", """{"gracePeriodSeconds":5}""")).Must(200).Json;
        Assert.Equal(5, (long)shorter["metadata"]!["deletionGracePeriodSeconds"]!);
        await AdvanceAsync(5.1);
        (await Client.GetAsync($"{Pods}/a")).Must(404);
        (await Client.DeleteAsync($"{Pods}/b?gracePeriodSeconds=0")).Must(200);
        (await Client.GetAsync($"{Pods}/b")).Must(404);
    }

    [Fact]
    public async Task Pods_without_a_node_or_with_their_work_done_go_at_once()
    {
        await ApplyAsync(Pods, Pod("waiting"));
        await SettleAsync();
        (await Client.DeleteAsync($"{Pods}/waiting")).Must(200);
        (await Client.GetAsync($"{Pods}/waiting")).Must(404);
        await NodesAsync(Node("one"));
        await ApplyAsync(Pods, Pod("done", ""","restartPolicy":"Never" """, Directive("complete-after", "3s")));
        await AdvanceAsync(4);
        Assert.Equal("Succeeded", Phase(await GetAsync($"{Pods}/done")));
        (await Client.DeleteAsync($"{Pods}/done")).Must(200);
        (await Client.GetAsync($"{Pods}/done")).Must(404);
    }

    [Fact]
    public async Task Pods_behave_as_their_annotations_say()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Pods, Pod("never-ready", metadata: Directive("ready-after", "never")));
        await ApplyAsync(Pods, Pod("never-gone", metadata: Directive("end-after", "never")));
        await ApplyAsync(Pods, Pod("fails", ""","restartPolicy":"Never" """, Directive("fail-after", "3s")));
        await ApplyAsync(Pods, Pod("crashes", metadata: Directive("fail-after", "3s")));
        await ApplyAsync(Pods, Pod("starts-late", metadata: Directive("start-after", "30s")));
        await AdvanceAsync(4);
        Assert.False(IsReady(await GetAsync($"{Pods}/never-ready")));
        Assert.Equal("Failed", Phase(await GetAsync($"{Pods}/fails")));
        Assert.Equal("Pending", Phase(await GetAsync($"{Pods}/starts-late")));
        JsonObject crashed = await GetAsync($"{Pods}/crashes");
        Assert.Equal("Running", Phase(crashed));
        Assert.Equal("CrashLoopBackOff", (string?)crashed["status"]!["containerStatuses"]![0]!["state"]!["waiting"]!["reason"]);
        await AdvanceAsync(10.5);
        JsonNode again = (await GetAsync($"{Pods}/crashes"))["status"]!["containerStatuses"]![0]!;
        Assert.Equal(1, (long)again["restartCount"]!);
        Assert.NotNull(again["state"]!["running"]);
        (await Client.DeleteAsync($"{Pods}/never-gone?gracePeriodSeconds=1")).Must(200);
        await AdvanceAsync(3600);
        Assert.NotNull((await GetAsync($"{Pods}/never-gone"))["metadata"]!["deletionTimestamp"]);
        (await Client.DeleteAsync($"{Pods}/never-gone?gracePeriodSeconds=0")).Must(200);
        (await Client.GetAsync($"{Pods}/never-gone")).Must(404);
    }

    [Fact]
    public async Task A_running_pod_can_be_made_to_fall_ill_and_well_again()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Pods, Pod("a"));
        await AdvanceAsync(2);
        Assert.True(IsReady(await GetAsync($"{Pods}/a")));
        (await Client.MergeAsync($"{Pods}/a", """{"metadata":{"annotations":{"sandbox.konupgrade.dev/ready-after":"never"}}}""")).Must(200);
        await SettleAsync();
        Assert.False(IsReady(await GetAsync($"{Pods}/a")));
        (await Client.MergeAsync($"{Pods}/a", """{"metadata":{"annotations":{"sandbox.konupgrade.dev/ready-after":null}}}""")).Must(200);
        await SettleAsync();
        Assert.True(IsReady(await GetAsync($"{Pods}/a")));
    }

    [Fact]
    public async Task A_finalizer_holds_a_pod_that_has_ended()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Pods, Pod("a", metadata: ""","finalizers":["example.com/hold"]"""));
        await AdvanceAsync(2);
        (await Client.DeleteAsync($"{Pods}/a")).Must(200);
        await AdvanceAsync(60);
        JsonObject held = await GetAsync($"{Pods}/a");
        Assert.Equal("Failed", Phase(held));
        Assert.Equal(0, (long)held["metadata"]!["deletionGracePeriodSeconds"]!);
        (await Client.MergeAsync($"{Pods}/a", """{"metadata":{"finalizers":null}}""")).Must(200);
        (await Client.GetAsync($"{Pods}/a")).Must(404);
    }

    [Fact]
    public async Task Pods_that_want_to_be_apart_are()
    {
        const string apart = ""","affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"a"}}}]}}""";
        await NodesAsync(Node("one"), Node("two"));
        for (int i = 0; i < 3; i++) await ApplyAsync(Pods, Pod($"a{i}", apart, ""","labels":{"app":"a"}"""));
        await SettleAsync();
        IReadOnlyList<JsonObject> pods = await ListAsync(Pods);
        Assert.Equal(["one", "two"], pods.Select(pod => (string?)pod["spec"]!["nodeName"]).OfType<string>().Order());
        Assert.Contains("2 node(s) didn't match pod anti-affinity rules", (string?)Condition(pods[2], "PodScheduled")!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Speed_makes_the_time_of_the_cluster_pass_faster()
    {
        Plane.Settings = Plane.Settings with { Speed = 3600 };
        await Plane.AddNodeAsync(Node("one"), TestContext.Current.CancellationToken);
        await ApplyAsync(Pods, Pod("a", metadata: Directive("ready-after", "30m")));
        DateTime deadline = DateTime.UtcNow.AddSeconds(20);
        while (!IsReady(await GetAsync($"{Pods}/a")))
        {
            Assert.True(DateTime.UtcNow < deadline, "Half an hour takes half a second.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
