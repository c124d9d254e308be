using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Eks;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Sandbox.Tests.Eks;

/// <summary>The sandbox's EKS is judged by a client that no one here wrote. Skipped where the aws program is not on the PATH.</summary>
public sealed class AwsProgramTests : EksPlay
{
    // The program waits on the real clock, and asks twice a minute.
    protected override EksSettings Settings => new() { LaunchAfter = TimeSpan.Zero, LaunchInterval = TimeSpan.Zero, ConfigureAfter = TimeSpan.Zero, DeleteAfter = TimeSpan.Zero };

    [Fact]
    public async Task A_node_group_is_created_waited_for_changed_and_deleted()
    {
        Plane.Settings = new() { Speed = 1, NodeReadyAfter = TimeSpan.Zero };
        Assert.Equal("blue green", await RunAsync("list-clusters", "--query", "join(' ', clusters)", "--output", "text"));
        string subnets = await RunAsync("describe-cluster", "--name", "blue", "--query", "cluster.resourcesVpcConfig.subnetIds", "--output", "text");
        Assert.Equal(Eks.SubnetIds("blue"), subnets.Split('\t'));
        JsonNode made = JsonNode.Parse(await RunAsync(["create-nodegroup", "--cluster-name", "blue", "--nodegroup-name", "general", "--subnets", .. Eks.SubnetIds("blue"), "--node-role", Eks.NodeRole("blue"),
            "--scaling-config", "minSize=1,maxSize=4,desiredSize=2", "--labels", "pool=general", "--taints", "key=a,value=b,effect=NO_SCHEDULE", "--release-version", "1.33.2-20250610"]))!["nodegroup"]!;
        Assert.Equal("CREATING", (string?)made["status"]);
        await EventuallyAsync("general", "ACTIVE");
        await RunAsync("wait", "nodegroup-active", "--cluster-name", "blue", "--nodegroup-name", "general");
        Assert.Equal("general", await RunAsync("list-nodegroups", "--cluster-name", "blue", "--page-size", "1", "--query", "nodegroups[0]", "--output", "text"));
        string update = await RunAsync("update-nodegroup-config", "--cluster-name", "blue", "--nodegroup-name", "general", "--scaling-config", "desiredSize=3", "--labels", "addOrUpdateLabels={tier=front},removeLabels=pool", "--query", "update.id", "--output", "text");
        await EventuallyAsync("general", "ACTIVE");
        Assert.Equal("Successful", await RunAsync("describe-update", "--name", "blue", "--nodegroup-name", "general", "--update-id", update, "--query", "update.status", "--output", "text"));
        Assert.Equal(update, await RunAsync("list-updates", "--name", "blue", "--nodegroup-name", "general", "--query", "updateIds[0]", "--output", "text"));
        Assert.Equal("VersionUpdate", await RunAsync("update-nodegroup-version", "--cluster-name", "blue", "--nodegroup-name", "general", "--force", "--query", "update.type", "--output", "text"));
        Plane.Settings = Plane.Settings with { Speed = 1000 };
        await EventuallyAsync("general", "ACTIVE");
        Assert.Equal("1.33.2-20250715", await RunAsync("describe-nodegroup", "--cluster-name", "blue", "--nodegroup-name", "general", "--query", "nodegroup.releaseVersion", "--output", "text"));
        await RunAsync("delete-nodegroup", "--cluster-name", "blue", "--nodegroup-name", "general");
        await EventuallyAsync("general", null);
        await RunAsync("wait", "nodegroup-deleted", "--cluster-name", "blue", "--nodegroup-name", "general");
    }

    [Fact]
    public async Task Errors_are_told_in_the_programs_own_way()
    {
        Assert.Contains("(ResourceNotFoundException) when calling the DescribeNodegroup operation: No node group found for name: nope.", await FailAsync("describe-nodegroup", "--cluster-name", "blue", "--nodegroup-name", "nope"), StringComparison.Ordinal);
        Assert.Contains("(InvalidParameterException) when calling the CreateNodegroup operation: The subnet ID 'subnet-0nope' does not exist", await FailAsync("create-nodegroup", "--cluster-name", "blue", "--nodegroup-name", "a", "--subnets", "subnet-0nope", "--node-role", Eks.NodeRole("blue")), StringComparison.Ordinal);
        Host.Faults.Add(new SandboxFault { Kind = FaultKind.TooManyRequests, Verb = "ListClusters" });
        Assert.Contains("(ThrottlingException) when calling the ListClusters operation", await FailAsync("list-clusters"), StringComparison.Ordinal);
        (int code, string text) = await StartAsync("not the right one", ["list-clusters"]);
        Assert.NotEqual(0, code);
        Assert.Contains("(InvalidSignatureException) when calling the ListClusters operation", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_the_program_logs_in_to_its_cluster_and_to_no_other()
    {
        string token = await RunAsync("get-token", "--cluster-name", "blue", "--query", "status.token", "--output", "text");
        using var blue = new ApiClient(Host, Host.Cluster("blue"), token);
        (await blue.GetAsync("/api/v1/nodes")).Must(200);
        Reply self = (await blue.PostAsync("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", """{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"verb":"delete","resource":"nodes"}}}""")).Must(201);
        Assert.True((bool)self.Json["status"]!["allowed"]!);
        using var green = new ApiClient(Host, Host.Cluster("green"), token);
        (await green.GetAsync("/api/v1/nodes")).Must(401);
        using var spoilt = new ApiClient(Host, Host.Cluster("blue"), token[..^8] + "AAAAAAAA");
        (await spoilt.GetAsync("/api/v1/nodes")).Must(401);
        using var nonsense = new ApiClient(Host, Host.Cluster("blue"), "k8s-aws-v1.nonsense!");
        (await nonsense.GetAsync("/api/v1/nodes")).Must(401);
    }

    private async Task EventuallyAsync(string nodegroup, string? status)
    {
        DateTime deadline = DateTime.UtcNow.AddSeconds(60);
        while (true)
        {
            EksReply reply = await Client.GetAsync($"{Groups}/{nodegroup}");
            if (status is null ? reply.Code == 404 : (string?)reply.Must(200).Json["nodegroup"]!["status"] == status) return;
            Assert.True(DateTime.UtcNow < deadline, $"It did not come to be {status ?? "gone"}: {reply.Text}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        (int code, string text) = await StartAsync(Eks.Settings.SecretAccessKey, arguments);
        Assert.True(code == 0, $"aws eks {string.Join(' ', arguments)} ended with {code}: {text}");
        return text.Trim();
    }

    private async Task<string> FailAsync(params string[] arguments)
    {
        (int code, string text) = await StartAsync(Eks.Settings.SecretAccessKey, arguments);
        Assert.NotEqual(0, code);
        return text;
    }

    private Task<(int Code, string Text)> StartAsync(string secret, string[] arguments) => AwsProgram.RunAsync(Host, secret, ["eks", .. arguments]);
}
