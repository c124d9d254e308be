using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.DataPlane.Disruptions;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

public sealed class NodeTests : LivePlay
{
    [Fact]
    public async Task A_node_has_its_shape_and_becomes_ready_in_its_time()
    {
        await Plane.AddNodeAsync(new NodeShape
        {
            Name = "one",
            Labels = new Dictionary<string, string> { ["eks.amazonaws.com/nodegroup"] = "blue" },
            Taints = [new("dedicated", "NoSchedule", "gpu")],
            Cpu = "2",
            Memory = "8Gi",
            Pods = 29,
            Version = "v1.32.1-eks-5d4a308",
            ProviderId = "aws:///eu-central-1a/i-0123456789abcdef0",
            ReadyAfter = TimeSpan.FromSeconds(20),
        }, TestContext.Current.CancellationToken);
        await AdvanceAsync(19);
        JsonObject node = await GetAsync("/api/v1/nodes/one");
        Assert.Equal("False", Status(node, "Ready"));
        Assert.Equal(["dedicated", "node.kubernetes.io/not-ready", "node.kubernetes.io/not-ready"], node["spec"]!["taints"]!.AsArray().Select(taint => (string?)taint!["key"]).Order());
        await AdvanceAsync(2);
        node = await GetAsync("/api/v1/nodes/one");
        Assert.Equal("True", Status(node, "Ready"));
        Assert.Equal(["dedicated"], node["spec"]!["taints"]!.AsArray().Select(taint => (string?)taint!["key"]));
        Assert.Equal("blue", (string?)node["metadata"]!["labels"]!["eks.amazonaws.com/nodegroup"]);
        Assert.Equal("one", (string?)node["metadata"]!["labels"]!["kubernetes.io/hostname"]);
        Assert.Equal("aws:///eu-central-1a/i-0123456789abcdef0", (string?)node["spec"]!["providerID"]);
        Assert.Equal("29", (string?)node["status"]!["capacity"]!["pods"]);
        Assert.Equal("v1.32.1-eks-5d4a308", (string?)node["status"]!["nodeInfo"]!["kubeletVersion"]);
        await Assert.ThrowsAsync<SandboxException>(() => Plane.AddNodeAsync(Node("one"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_node_that_never_becomes_ready_runs_nothing()
    {
        await Plane.AddNodeAsync(Node("one") with { ReadyAfter = Timeout.InfiniteTimeSpan }, TestContext.Current.CancellationToken);
        await ApplyAsync(Pods, Pod("a"));
        await AdvanceAsync(3600);
        Assert.Equal("False", Status(await GetAsync("/api/v1/nodes/one"), "Ready"));
        Assert.Equal("Pending", Phase(await GetAsync($"{Pods}/a")));
    }

    [Fact]
    public async Task A_node_whose_name_is_taken_is_refused_and_the_one_that_is_there_stays_as_it_is()
    {
        await NodesAsync(Node("one") with { ReadyAfter = Timeout.InfiniteTimeSpan });
        await Assert.ThrowsAsync<SandboxException>(() => Plane.AddNodeAsync(Node("one") with { ReadyAfter = TimeSpan.Zero }, TestContext.Current.CancellationToken));
        // Whatever happens to it has it looked at.
        (await Client.MergeAsync("/api/v1/nodes/one", """{"spec":{"unschedulable":true}}""")).Must(200);
        await AdvanceAsync(60);
        Assert.Equal("False", Status(await GetAsync("/api/v1/nodes/one"), "Ready"));
    }

    [Fact]
    public async Task A_cordoned_node_is_tainted_and_takes_no_new_pod()
    {
        await NodesAsync(Node("one"));
        (await Client.MergeAsync("/api/v1/nodes/one", """{"spec":{"unschedulable":true}}""")).Must(200);
        await ApplyAsync(Pods, Pod("a"));
        await SettleAsync();
        Assert.Equal("0/1 nodes are available: 1 node(s) were unschedulable.", (string?)Condition(await GetAsync($"{Pods}/a"), "PodScheduled")!["message"]);
        JsonNode taint = Assert.Single((await GetAsync("/api/v1/nodes/one"))["spec"]!["taints"]!.AsArray())!;
        Assert.Equal("node.kubernetes.io/unschedulable", (string?)taint["key"]);
        (await Client.MergeAsync("/api/v1/nodes/one", """{"spec":{"unschedulable":null}}""")).Must(200);
        await SettleAsync();
        Assert.Equal("Running", Phase(await GetAsync($"{Pods}/a")));
        Assert.Null((await GetAsync("/api/v1/nodes/one"))["spec"]!["taints"]);
    }

    [Fact]
    public async Task The_pods_of_a_node_that_is_gone_are_collected()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Pods, Pod("a", metadata: ""","labels":{"app":"a"}"""));
        await ApplyAsync(Budgets, Budget("a", "\"minAvailable\":1", "a"));
        await AdvanceAsync(2);
        Assert.True(await Plane.RemoveNodeAsync("one", TestContext.Current.CancellationToken));
        Assert.False(await Plane.RemoveNodeAsync("one", TestContext.Current.CancellationToken));
        await AdvanceAsync(39);
        await GetAsync($"{Pods}/a");
        await AdvanceAsync(2);
        (await Client.GetAsync($"{Pods}/a")).Must(404);
        Assert.Equal(DisruptionCause.Node, Assert.Single(Plane.Violations).Cause);
    }

    [Fact]
    public async Task NoExecute_drives_out_whoever_does_not_bear_it()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Pods, Pod("leaves"));
        await ApplyAsync(Pods, Pod("stays", ""","tolerations":[{"operator":"Exists"}]"""));
        await ApplyAsync(Pods, Pod("bears", ""","tolerations":[{"key":"broken","operator":"Exists","tolerationSeconds":60}]"""));
        await AdvanceAsync(2);
        (await Client.MergeAsync("/api/v1/nodes/one", """{"spec":{"taints":[{"key":"broken","effect":"NoExecute"}]}}""")).Must(200);
        await AdvanceAsync(30);
        Assert.Equal(["bears", "stays"], (await ListAsync(Pods)).Select(Name));
        await AdvanceAsync(40);
        Assert.Equal(["stays"], (await ListAsync(Pods)).Select(Name));
    }
}
