using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

public sealed class DaemonSetTests : LivePlay
{
    private const string Sets = "/apis/apps/v1/namespaces/default/daemonsets";

    [Fact]
    public async Task Every_node_that_is_meant_gets_a_pod_also_a_cordoned_one()
    {
        await NodesAsync(Node("one"), Node("two"), Node("tainted") with { Taints = [new NodeTaint("dedicated", "NoSchedule", "gpu")] });
        (await Client.MergeAsync("/api/v1/nodes/two", """{"spec":{"unschedulable":true}}""")).Must(200);
        await ApplyAsync(Sets, Set("agent"));
        await AdvanceAsync(2);
        Assert.Equal(["one", "two"], await NodesOfPodsAsync());
        await NodesAsync(Node("three"));
        await AdvanceAsync(2);
        Assert.Equal(["one", "three", "two"], await NodesOfPodsAsync());
        JsonNode status = (await GetAsync($"{Sets}/agent"))["status"]!;
        Assert.Equal((3L, 3L, 3L, 3L), (Number(status["desiredNumberScheduled"]), Number(status["numberReady"]), Number(status["numberAvailable"]), Number(status["updatedNumberScheduled"])));
        (await Client.DeleteAsync($"{Pods}/{Name((await ListAsync(Pods))[0])}")).Must(200);
        await AdvanceAsync(3);
        Assert.Equal(["one", "three", "two"], await NodesOfPodsAsync());
    }

    [Fact]
    public async Task A_new_template_is_rolled_out_one_node_at_a_time()
    {
        await NodesAsync(Node("one"), Node("two"), Node("three"));
        await ApplyAsync(Sets, Set("agent"));
        await AdvanceAsync(2);
        (await Client.StrategicAsync($"{Sets}/agent", """{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"app:2"}]}}}}""")).Must(200);
        for (int i = 0; i < 40; i++)
        {
            await AdvanceAsync(0.25);
            Assert.True((await ListAsync(Pods)).Count(pod => IsReady(pod) && pod["metadata"]!["deletionTimestamp"] is null) >= 2);
        }
        Assert.All(await ListAsync(Pods), pod => Assert.Equal("app:2", (string?)pod["spec"]!["containers"]![0]!["image"]));
        Assert.Equal(3, Number((await GetAsync($"{Sets}/agent"))["status"]!["updatedNumberScheduled"]));
    }

    private async Task<IEnumerable<string?>> NodesOfPodsAsync() => (await ListAsync(Pods)).Select(pod => (string?)pod["spec"]!["nodeName"]).Order(StringComparer.Ordinal);

    private static string Set(string name)
        => $$$"""{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"{{{name}}}"},"spec":{"selector":{"matchLabels":{"app":"{{{name}}}"}},"template":{"metadata":{"labels":{"app":"{{{name}}}"}},"spec":{"containers":[{"name":"main","image":"app:1"}]} } } }""";
}
