using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Eks;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Sandbox.Tests.Eks;

public sealed class TroubleTests : EksPlay
{
    [Fact]
    public async Task Machines_that_do_not_join_fail_the_creation_and_are_named()
    {
        Eks.AddTrouble(new EksTrouble("NodeCreationFailure") { Nodegroup = "general", Count = 1 });
        (await Client.PostAsync(Groups, Body("general", 2))).Must(200);
        (await Client.PostAsync(Groups, Body("other", 1))).Must(200);
        await AdvanceAsync(30 + (20 * 60) - 1);
        Assert.Equal("ACTIVE", await StatusAsync("other"));
        Assert.Equal("CREATING", await StatusAsync("general"));
        Assert.Single(await NodesAsync("general"));
        await AdvanceAsync(1);
        JsonObject group = await DescribeAsync("general");
        Assert.Equal("CREATE_FAILED", (string?)group["status"]);
        Assert.Equal("NodeCreationFailure", (string?)Issue(group)["code"]);
        string[] joined = [.. (await NodesAsync("general")).Select(Name)];
        Assert.Equal([Eks.Instances("blue", "general").Single(instance => !joined.Contains(instance.NodeName)).Id], Issue(group)["resourceIds"]!.AsArray().Select(id => (string?)id));
        (await Client.PostAsync($"{Groups}/general/update-config", """{"scalingConfig":{"desiredSize":1}}""")).MustFail(400, "InvalidRequestException");
        (await Client.DeleteAsync($"{Groups}/general")).Must(200);
        await AdvanceAsync(20);
        (await Client.GetAsync($"{Groups}/general")).Must(404);
        Assert.Empty(await NodesAsync("general"));
    }

    [Theory]
    [InlineData("AsgInstanceLaunchFailures")]
    [InlineData("AccessDenied")]
    public async Task What_keeps_machines_from_starting_fails_a_creation(string code)
    {
        Eks.AddTrouble(new EksTrouble(code) { Message = "no room" });
        (await Client.PostAsync(Groups, Body("general", 2))).Must(200);
        await AdvanceAsync(30);
        JsonObject group = await DescribeAsync("general");
        Assert.Equal("CREATE_FAILED", (string?)group["status"]);
        Assert.Equal(code, (string?)Issue(group)["code"]);
        Assert.Equal("no room", (string?)Issue(group)["message"]);
        Assert.Empty(await NodesAsync());
    }

    [Fact]
    public async Task A_group_that_cannot_grow_is_degraded_until_it_has_grown()
    {
        await ActiveAsync("general", 1);
        string id = Eks.AddTrouble(new EksTrouble("InsufficientFreeAddresses"));
        Eks.SetDesiredSize("blue", "general", 2);
        await AdvanceAsync(31);
        Assert.Equal("DEGRADED", await StatusAsync("general"));
        Assert.Equal("InsufficientFreeAddresses", (string?)Issue(await DescribeAsync("general"))["code"]);
        Eks.RemoveTrouble(id);
        await AdvanceAsync(62);
        Assert.Equal("ACTIVE", await StatusAsync("general"));
        Assert.Empty((await DescribeAsync("general"))["health"]!["issues"]!.AsArray());
        Assert.Equal(2, (await NodesAsync()).Count);
    }

    [Fact]
    public async Task A_deletion_can_fail_and_be_asked_for_again()
    {
        await ActiveAsync("general", 1);
        Eks.AddTrouble(new EksTrouble("Ec2SecurityGroupDeletionFailure") { Count = 1 });
        (await Client.DeleteAsync($"{Groups}/general")).Must(200);
        await AdvanceAsync(20);
        JsonObject group = await DescribeAsync("general");
        Assert.Equal("DELETE_FAILED", (string?)group["status"]);
        Assert.Equal("Ec2SecurityGroupDeletionFailure", (string?)Issue(group)["code"]);
        (await Client.DeleteAsync($"{Groups}/general")).Must(200);
        await AdvanceAsync(20);
        (await Client.GetAsync($"{Groups}/general")).Must(404);
    }

    [Fact]
    public async Task An_update_whose_evictions_are_made_to_fail_fails()
    {
        await ActiveAsync("general", 1, ""","releaseVersion":"1.33.2-20250610" """);
        await DeployAsync("free", 1);
        Eks.AddTrouble(new EksTrouble("PodEvictionFailure"));
        string id = (string)(await Client.PostAsync($"{Groups}/general/update-version", "{}")).Must(200).Json["update"]!["id"]!;
        await AdvanceAsync(1200);
        Assert.Equal("PodEvictionFailure", (string?)(await UpdateAsync("general", id))["errors"]![0]!["errorCode"]);
    }

    [Theory]
    [InlineData(FaultKind.TooManyRequests, null, 429, "ThrottlingException", "Rate exceeded")]
    [InlineData(FaultKind.ServerError, null, 500, "ServerException", "")]
    [InlineData(FaultKind.ServerError, 503, 503, "ServiceUnavailableException", "")]
    [InlineData(FaultKind.Refuse, null, 403, "AccessDeniedException", "is not authorized to perform: eks:CreateNodegroup on resource: arn:aws:eks:eu-central-1:123456789012:cluster/blue")]
    public async Task A_fault_strikes_an_operation_once_and_leaves_no_trace(FaultKind kind, int? status, int code, string type, string words)
    {
        Host.Faults.Add(new SandboxFault { Kind = kind, StatusCode = status, Cluster = "blue", Verb = "CreateNodegroup", Name = "gen*" });
        (await Client.GetAsync(Groups)).Must(200);
        (await Client.PostAsync(Groups, Body("other", 0))).Must(200);
        (await Client.PostAsync(Groups, Body("general", 0))).MustFail(code, type, words);
        (await Client.GetAsync($"{Groups}/general")).Must(404);
        (await Client.PostAsync(Groups, Body("general", 0))).Must(200);
    }

    [Fact]
    public async Task A_request_can_be_done_and_never_answered_and_its_token_finds_what_it_did()
    {
        string id = Host.Faults.Add(new SandboxFault { Kind = FaultKind.Unanswered, Group = "eks.amazonaws.com", OnlyChanges = true });
        string body = Body("general", 0, ""","clientRequestToken":"t" """);
        using var lost = new EksClient(Eks);
        Task<EksReply> first = lost.PostAsync(Groups, body);
        await Host.Faults.MeetAsync(id, 1, TestContext.Current.CancellationToken);
        lost.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => first);
        (await Client.PostAsync(Groups, body)).Must(200);
        Assert.Single((await Client.GetAsync(Groups)).Must(200).Json["nodegroups"]!.AsArray());
    }
}
