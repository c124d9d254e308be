using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.Eks;

public sealed class NodegroupLifeTests : EksPlay
{
    [Fact]
    public async Task A_node_group_is_created_node_by_node_and_is_active_when_all_are_ready()
    {
        JsonObject made = (JsonObject)(await Client.PostAsync(Groups, Body("general", 3, ""","labels":{"pool":"general"},"taints":[{"key":"dedicated","value":"batch","effect":"NO_SCHEDULE"}],"instanceTypes":["m5.large"],"capacityType":"SPOT","diskSize":80,"tags":{"run":"r1"}"""))).Must(200).Json["nodegroup"]!;
        Assert.Equal("CREATING", (string?)made["status"]);
        Assert.Empty(await NodesAsync());
        await AdvanceAsync(30);
        Assert.Single(await NodesAsync("general"));
        await AdvanceAsync(2);
        Assert.Equal(2, (await NodesAsync("general")).Count);
        await AdvanceAsync(2);
        Assert.Equal("CREATING", await StatusAsync("general"));
        await AdvanceAsync(1);
        JsonObject group = await DescribeAsync("general");
        Assert.Equal("ACTIVE", (string?)group["status"]);
        Assert.Equal("1.33", (string?)group["version"]);
        Assert.Equal("1.33.2-20250715", (string?)group["releaseVersion"]);
        Assert.Equal("AL2023_x86_64_STANDARD", (string?)group["amiType"]);
        Assert.Equal("NO_SCHEDULE", (string?)group["taints"]![0]!["effect"]);
        Assert.StartsWith("arn:aws:eks:eu-central-1:123456789012:nodegroup/blue/general/", (string?)group["nodegroupArn"], StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Number, group["createdAt"]!.GetValueKind());
        IReadOnlyList<JsonObject> nodes = await NodesAsync("general");
        Assert.Equal(["eu-central-1a", "eu-central-1b", "eu-central-1c"], nodes.Select(node => (string?)node["metadata"]!["labels"]!["topology.kubernetes.io/zone"]).Order());
        Assert.All(nodes, node =>
        {
            JsonNode labels = node["metadata"]!["labels"]!;
            Assert.True(IsReady(node));
            Assert.Equal("general", (string?)labels["pool"]);
            Assert.Equal("SPOT", (string?)labels["eks.amazonaws.com/capacityType"]);
            Assert.StartsWith("ami-", (string?)labels["eks.amazonaws.com/nodegroup-image"], StringComparison.Ordinal);
            Assert.Equal("m5.large", (string?)labels["node.kubernetes.io/instance-type"]);
            Assert.Matches($"^aws:///{labels["topology.kubernetes.io/zone"]}/i-0[0-9a-f]{{16}}$", (string?)node["spec"]!["providerID"]);
            Assert.Equal("dedicated=batch:NoSchedule", string.Join(',', node["spec"]!["taints"]!.AsArray().Select(taint => $"{taint!["key"]}={taint["value"]}:{taint["effect"]}")));
            Assert.Equal("29", (string?)node["status"]!["capacity"]!["pods"]);
            Assert.StartsWith("v1.33.2-eks-", (string?)node["status"]!["nodeInfo"]!["kubeletVersion"], StringComparison.Ordinal);
            Assert.Equal(Name(node)[3..].Split('.')[0].Replace('-', '.'), (string?)node["status"]!["addresses"]![0]!["address"]);
        });
    }

    [Fact]
    public async Task An_empty_node_group_becomes_active_without_nodes()
    {
        (await Client.PostAsync(Groups, Body("empty", 0))).Must(200);
        await AdvanceAsync(29);
        Assert.Equal("CREATING", await StatusAsync("empty"));
        await AdvanceAsync(1);
        Assert.Equal("ACTIVE", await StatusAsync("empty"));
        Assert.Empty(await NodesAsync());
    }

    [Fact]
    public async Task A_machine_that_is_lost_is_replaced_and_a_deleted_node_is_no_lost_machine()
    {
        await ActiveAsync("general", 2);
        string first = Eks.Instances("blue", "general")[0].NodeName, second = Eks.Instances("blue", "general")[1].NodeName;
        (await Api.DeleteAsync($"/api/v1/nodes/{first}")).Must(200);
        await AdvanceAsync(600);
        Assert.Equal([second], (await NodesAsync("general")).Select(Name));
        Assert.Equal([first, second], Eks.Instances("blue", "general").Select(instance => instance.NodeName));
        Assert.True(await Plane.RemoveNodeAsync(second, TestContext.Current.CancellationToken));
        Assert.True(Eks.TerminateInstance(Eks.Instances("blue", "general")[0].Id));
        Assert.False(Eks.TerminateInstance("i-00000000000000000"));
        await AdvanceAsync(40);
        IReadOnlyList<JsonObject> nodes = await NodesAsync("general");
        Assert.Equal(2, nodes.Count);
        Assert.DoesNotContain(second, nodes.Select(Name));
        Assert.Equal("ACTIVE", await StatusAsync("general"));
    }

    [Fact]
    public async Task A_deletion_drains_and_then_ends_by_force_and_the_name_is_free_again()
    {
        await ActiveAsync("general", 2);
        await DeployAsync("held", 2, "\"minAvailable\":2");
        await DeployAsync("free", 2);
        Assert.Equal("DELETING", (string?)(await Client.DeleteAsync($"{Groups}/general")).Must(200).Json["nodegroup"]!["status"]);
        Assert.Equal("DELETING", (string?)(await Client.DeleteAsync($"{Groups}/general")).Must(200).Json["nodegroup"]!["status"]);
        (await Client.PostAsync(Groups, Body("general"))).MustFail(409, "ResourceInUseException", "NodeGroup already exists with name general and cluster name blue");
        await AdvanceAsync(60);
        Assert.All(await NodesAsync(), node => Assert.True(IsCordoned(node)));
        // What a budget holds still runs on the nodes, the rest waits for new ones.
        JsonArray pods = (await Api.GetAsync(Pods)).Must(200).Json["items"]!.AsArray();
        Assert.Equal(["held", "held"], pods.Where(pod => (string?)pod!["spec"]!["nodeName"] is not null).Select(pod => (string?)pod!["metadata"]!["labels"]!["app"]));
        Assert.Equal(0, Plane.BudgetViolations);
        await AdvanceAsync(15 * 60);
        Assert.Empty(await NodesAsync());
        (await Client.GetAsync($"{Groups}/general")).MustFail(404, "ResourceNotFoundException", "No node group found for name: general.");
        (await Client.DeleteAsync($"{Groups}/general")).MustFail(404, "ResourceNotFoundException");
        (await Client.PostAsync(Groups, Body("general"))).Must(200);
    }

    [Fact]
    public async Task Nothing_to_drain_means_a_quick_deletion()
    {
        await ActiveAsync("general", 2);
        (await Client.DeleteAsync($"{Groups}/general")).Must(200);
        await SettleAsync();
        Assert.Empty(await NodesAsync());
        await AdvanceAsync(19);
        Assert.Equal("DELETING", await StatusAsync("general"));
        await AdvanceAsync(1);
        (await Client.GetAsync($"{Groups}/general")).Must(404);
    }

    [Fact]
    public async Task A_cluster_that_was_a_mere_API_server_lives_from_its_first_node_group_on()
    {
        await using SandboxHost host = await SandboxHost.StartAsync(new() { Clusters = [new("one", "1.31")] }, TestContext.Current.CancellationToken);
        using var client = new EksClient(host.Eks!);
        Assert.Null(host.Cluster("one").DataPlane);
        string subnets = string.Join("\",\"", host.Eks!.SubnetIds("one"));
        (await client.PostAsync("/clusters/one/node-groups", $$"""{"nodegroupName":"a","subnets":["{{subnets}}"],"nodeRole":"{{host.Eks.NodeRole("one")}}"}""")).Must(200);
        SandboxDataPlane plane = host.Cluster("one").DataPlane!;
        plane.Settings = new() { Speed = 0 };
        await plane.AdvanceAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        JsonNode group = (await client.GetAsync("/clusters/one/node-groups/a")).Must(200).Json["nodegroup"]!;
        Assert.Equal("ACTIVE", (string?)group["status"]);
        Assert.Equal(2, host.Cluster("one").Count("", "nodes"));
    }
}
