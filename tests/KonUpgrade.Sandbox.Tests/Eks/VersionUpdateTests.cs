using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Eks;

namespace KonUpgrade.Sandbox.Tests.Eks;

public sealed class VersionUpdateTests : EksPlay
{
    private const string Old = "1.33.2-20250610";
    private const string New = "1.33.2-20250715";

    [Fact]
    public async Task A_version_update_adds_nodes_shuns_the_old_drains_them_one_by_one_and_scales_down()
    {
        await OldAsync(2);
        await DeployAsync("web", 4, "\"maxUnavailable\":1");
        string[] old = [.. Eks.Instances("blue", "general").Select(instance => instance.NodeName)];
        JsonNode update = (await StartAsync("{}")).Must(200).Json["update"]!;
        string id = (string)update["id"]!;
        Assert.Equal("VersionUpdate", (string?)update["type"]);
        Assert.Equal([("Version", "1.33"), ("ReleaseVersion", New)], update["params"]!.AsArray().Select(param => ((string)param!["type"]!, (string)param["value"]!)));
        Assert.Equal("UPDATING", await StatusAsync("general"));
        await AdvanceAsync(10);
        Assert.Equal(2, (await NodesAsync()).Count);
        // Twice the three zones come on top, and the old nodes stay in use until they are there.
        await AdvanceAsync(39);
        Assert.DoesNotContain(await NodesAsync(), IsCordoned);
        await AdvanceAsync(2);
        IReadOnlyList<JsonObject> nodes = await NodesAsync();
        Assert.Equal(8, nodes.Count);
        Assert.All(nodes, node => Assert.Equal(old.Contains(Name(node)), IsCordoned(node)));
        Assert.All(nodes.Where(IsCordoned), node => Assert.Equal("true", (string?)node["metadata"]!["labels"]!["node.kubernetes.io/exclude-from-external-load-balancers"]));
        Assert.Single(Eks.Instances("blue", "general"), instance => instance.IsLeaving);
        Assert.Equal(Old, (string?)(await DescribeAsync("general"))["releaseVersion"]);
        for (int i = 0; i < 100 && (string?)(await UpdateAsync("general", id))["status"] == "InProgress"; i++) await AdvanceAsync(10);
        Assert.Equal("Successful", (string?)(await UpdateAsync("general", id))["status"]);
        JsonObject group = await DescribeAsync("general");
        Assert.Equal("ACTIVE", (string?)group["status"]);
        Assert.Equal(New, (string?)group["releaseVersion"]);
        Assert.Equal(2, (int)group["scalingConfig"]!["desiredSize"]!);
        Assert.All(Eks.Instances("blue", "general"), instance => Assert.Equal(New, instance.Release));
        Assert.Equal(2, (await NodesAsync()).Count);
        Assert.Equal(0, Plane.BudgetViolations);
        await AdvanceAsync(5);
        Assert.All((await Api.GetAsync(Pods)).Must(200).Json["items"]!.AsArray(), pod => Assert.Equal("Running", (string?)pod!["status"]!["phase"]));
    }

    [Fact]
    public async Task A_drain_that_never_ends_fails_the_update_and_the_old_nodes_come_into_use_again()
    {
        await OldAsync(1);
        await DeployAsync("held", 1, "\"maxUnavailable\":0");
        string old = Assert.Single(Eks.Instances("blue", "general")).NodeName;
        string id = (string)(await StartAsync("{}")).Must(200).Json["update"]!["id"]!;
        await AdvanceAsync(10 + 30 + 12 + (15 * 60) + 1);
        JsonObject update = await UpdateAsync("general", id);
        Assert.Equal("Failed", (string?)update["status"]);
        JsonNode error = Assert.Single(update["errors"]!.AsArray())!;
        Assert.Equal("PodEvictionFailure", (string?)error["errorCode"]);
        Assert.Equal(old, (string?)error["resourceIds"]![0]);
        await AdvanceAsync(60);
        JsonObject group = await DescribeAsync("general");
        Assert.Equal("ACTIVE", (string?)group["status"]);
        Assert.Equal(Old, (string?)group["releaseVersion"]);
        JsonObject node = Assert.Single(await NodesAsync());
        Assert.Equal(old, Name(node));
        Assert.False(IsCordoned(node));
        Assert.Null(node["metadata"]!["labels"]!["node.kubernetes.io/exclude-from-external-load-balancers"]);
        Assert.Equal(0, Plane.BudgetViolations);
        // By force it goes on past the budget.
        id = (string)(await StartAsync("""{"force":true}""")).Must(200).Json["update"]!["id"]!;
        await AdvanceAsync(1500);
        Assert.Equal("Successful", (string?)(await UpdateAsync("general", id))["status"]);
        Assert.DoesNotContain(await NodesAsync(), other => Name(other) == old);
        Assert.Equal(1, Plane.BudgetViolations);
    }

    [Fact]
    public async Task New_nodes_that_do_not_join_fail_the_update_and_go_again()
    {
        await OldAsync(2);
        string trouble = Eks.AddTrouble(new EksTrouble("NodeCreationFailure"));
        string id = (string)(await StartAsync("{}")).Must(200).Json["update"]!["id"]!;
        await AdvanceAsync(60);
        Assert.Equal(8, Eks.Instances("blue", "general").Count);
        await AdvanceAsync(20 * 60);
        JsonObject update = await UpdateAsync("general", id);
        Assert.Equal("Failed", (string?)update["status"]);
        JsonNode error = Assert.Single(update["errors"]!.AsArray())!;
        Assert.Equal("NodeCreationFailure", (string?)error["errorCode"]);
        Assert.Equal(6, error["resourceIds"]!.AsArray().Count);
        Assert.Equal("ACTIVE", await StatusAsync("general"));
        Assert.Equal([Old, Old], Eks.Instances("blue", "general").Select(instance => instance.Release));
        Assert.DoesNotContain(await NodesAsync(), IsCordoned);
        Eks.RemoveTrouble(trouble);
        id = (string)(await StartAsync("{}")).Must(200).Json["update"]!["id"]!;
        await AdvanceAsync(1200);
        Assert.Equal("Successful", (string?)(await UpdateAsync("general", id))["status"]);
    }

    [Fact]
    public async Task The_minimal_strategy_takes_old_nodes_first_and_never_has_more_than_before()
    {
        await OldAsync(3, ""","updateConfig":{"maxUnavailable":2,"updateStrategy":"MINIMAL"}""");
        string id = (string)(await StartAsync("{}")).Must(200).Json["update"]!["id"]!;
        await AdvanceAsync(10);
        Assert.Equal(2, Eks.Instances("blue", "general").Count(instance => instance.IsLeaving));
        bool fewer = false;
        for (int i = 0; i < 200 && (string?)(await UpdateAsync("general", id))["status"] == "InProgress"; i++)
        {
            int nodes = (await NodesAsync()).Count;
            Assert.InRange(nodes, 1, 3);
            fewer |= nodes == 1;
            await AdvanceAsync(5);
        }
        Assert.Equal("Successful", (string?)(await UpdateAsync("general", id))["status"]);
        Assert.True(fewer);
        Assert.Equal([New, New, New], Eks.Instances("blue", "general").Select(instance => instance.Release));
    }

    [Theory]
    [InlineData("""{"version":"1.32"}""", "Nodegroup Kubernetes version should be equal to Cluster kubernetes version 1.33 or NodeGroup kubernetes version 1.33")]
    [InlineData("""{"releaseVersion":"1.34.1-20250715"}""", "Requested release version 1.34.1-20250715 is not valid for kubernetes version 1.33.")]
    [InlineData("""{"launchTemplate":{"name":"nodes"}}""", "You cannot add a launch template to a node group that was created without one")]
    public async Task A_version_that_may_not_be_is_refused(string body, string words)
    {
        await OldAsync(0);
        (await StartAsync(body)).MustFail(400, "InvalidParameterException", words);
        Assert.Equal("ACTIVE", await StatusAsync("general"));
    }

    [Fact]
    public async Task Another_version_of_the_launch_template_is_a_version_update()
    {
        await OldAsync(1, ""","launchTemplate":{"name":"nodes","version":"1"}""");
        (await StartAsync("""{"launchTemplate":{"name":"own-image"}}""")).MustFail(400, "InvalidParameterException", "the same launch template");
        string id = (string)(await StartAsync($$"""{"launchTemplate":{"name":"nodes","version":"2"},"releaseVersion":"{{Old}}"}""")).Must(200).Json["update"]!["id"]!;
        await AdvanceAsync(1200);
        Assert.Equal("Successful", (string?)(await UpdateAsync("general", id))["status"]);
        Assert.Equal("2", (string?)(await DescribeAsync("general"))["launchTemplate"]!["version"]);
        Assert.Equal("2", (string?)Assert.Single(await NodesAsync())["metadata"]!["labels"]!["eks.amazonaws.com/sourceLaunchTemplateVersion"]);
    }

    private Task<JsonObject> OldAsync(int desired, string more = "") => ActiveAsync("general", desired, $$""","releaseVersion":"{{Old}}"{{more}}""");

    private Task<EksReply> StartAsync(string body) => Client.PostAsync($"{Groups}/general/update-version", body);
}
