using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Eks;

public sealed class ConfigUpdateTests : EksPlay
{
    [Fact]
    public async Task Sizes_labels_and_taints_change_on_the_group_and_on_its_nodes()
    {
        await ActiveAsync("general", 1, ""","labels":{"pool":"general"},"taints":[{"key":"old","effect":"NO_SCHEDULE"}]""");
        JsonNode update = (await PostAsync("general", """{"scalingConfig":{"minSize":1,"desiredSize":2},"labels":{"addOrUpdateLabels":{"tier":"front"},"removeLabels":["pool"]},"taints":{"addOrUpdateTaints":[{"key":"new","value":"v","effect":"PREFER_NO_SCHEDULE"}],"removeTaints":[{"key":"old","effect":"NO_SCHEDULE"}]},"updateConfig":{"maxUnavailablePercentage":50}}""")).Must(200).Json["update"]!;
        string id = (string)update["id"]!;
        Assert.Equal("ConfigUpdate", (string?)update["type"]);
        Assert.Equal("InProgress", (string?)update["status"]);
        Assert.Equal(["DesiredSize=2", "LabelsToAdd={\"tier\":\"front\"}", "LabelsToRemove=[\"pool\"]", "MaxUnavailablePercentage=50", "MinSize=1"], Params(update).Where(param => !param.StartsWith("Taints", StringComparison.Ordinal)).Order());
        Assert.Equal("UPDATING", await StatusAsync("general"));
        (await PostAsync("general", """{"scalingConfig":{"desiredSize":3}}""")).MustFail(409, "ResourceInUseException", id);
        (await Client.DeleteAsync($"{Groups}/general")).MustFail(409, "ResourceInUseException", id);
        await AdvanceAsync(9);
        Assert.Equal("InProgress", (string?)(await UpdateAsync("general", id))["status"]);
        await AdvanceAsync(1);
        Assert.Equal("Successful", (string?)(await UpdateAsync("general", id))["status"]);
        Assert.Equal("ACTIVE", await StatusAsync("general"));
        await AdvanceAsync(30);
        IReadOnlyList<JsonObject> nodes = await NodesAsync("general");
        Assert.Equal(2, nodes.Count);
        Assert.All(nodes, node =>
        {
            Assert.Equal("front", (string?)node["metadata"]!["labels"]!["tier"]);
            Assert.Null(node["metadata"]!["labels"]!["pool"]);
            Assert.Equal(["new=v:PreferNoSchedule"], node["spec"]!["taints"]!.AsArray().Select(taint => $"{taint!["key"]}={taint["value"]}:{taint["effect"]}"));
        });
        JsonObject group = await DescribeAsync("general");
        Assert.Equal("""{"tier":"front"}""", group["labels"]!.ToJsonString());
        Assert.Null(group["updateConfig"]!["maxUnavailable"]);
        Assert.Equal(id, Assert.Single((await Client.GetAsync("/clusters/blue/updates?nodegroupName=general")).Must(200).Json["updateIds"]!.AsArray())!.GetValue<string>());
        Assert.Empty((await Client.GetAsync("/clusters/blue/updates")).Must(200).Json["updateIds"]!.AsArray());
        (await Client.GetAsync($"/clusters/blue/updates/{id}")).MustFail(404, "ResourceNotFoundException", $"No update found for ID: {id}");
    }

    [Fact]
    public async Task Scaling_in_drains_by_eviction_and_ends_by_force_when_a_budget_never_yields()
    {
        await ActiveAsync("general", 2);
        await DeployAsync("held", 2, "\"maxUnavailable\":0");
        (await PostAsync("general", """{"scalingConfig":{"desiredSize":1}}""")).Must(200);
        await AdvanceAsync(10);
        Assert.Equal("ACTIVE", await StatusAsync("general"));
        JsonObject cordoned = Assert.Single(await NodesAsync(), IsCordoned);
        Assert.Equal(Name(cordoned), Assert.Single(Eks.Instances("blue", "general"), instance => instance.IsLeaving).NodeName);
        await AdvanceAsync((15 * 60) - 11);
        Assert.Equal(2, (await NodesAsync()).Count);
        await AdvanceAsync(1);
        Assert.Single(await NodesAsync());
        await AdvanceAsync(60);
        Assert.Equal(1, Plane.BudgetViolations);
    }

    [Fact]
    public async Task Scaling_in_takes_nodes_at_once_where_that_is_asked_for()
    {
        Eks.Settings = Eks.Settings with { DrainOnScaleIn = false };
        await ActiveAsync("general", 2);
        await DeployAsync("held", 2, "\"maxUnavailable\":0");
        (await PostAsync("general", """{"scalingConfig":{"desiredSize":1}}""")).Must(200);
        await SettleAsync();
        Assert.Single(await NodesAsync());
    }

    [Fact]
    public async Task What_an_autoscaler_wants_is_no_update_and_bounded_by_the_group()
    {
        await ActiveAsync("general", 1);
        (await PostAsync("general", """{"scalingConfig":{"maxSize":2}}""")).Must(200);
        await AdvanceAsync(10);
        Eks.SetDesiredSize("blue", "general", 2);
        Assert.Equal("ACTIVE", await StatusAsync("general"));
        await AdvanceAsync(31);
        Assert.Equal(2, (await NodesAsync()).Count);
        Assert.Throws<SandboxException>(() => Eks.SetDesiredSize("blue", "general", 3));
        // A pool that is kept from growing: its maximum is what it has.
        (await PostAsync("general", """{"scalingConfig":{"maxSize":1}}""")).MustFail(400, "InvalidParameterException", "Maximum capacity 1 can't be less than desired size 2");
    }

    [Theory]
    [InlineData("""{}""", "You cannot specify an empty request")]
    [InlineData("""{"labels":{}}""", "Both or either addOrUpdateLabels or removeLabels must not be empty")]
    [InlineData("""{"taints":{}}""", "Both or either addOrUpdateTaints or removeTaints must not be empty")]
    [InlineData("""{"scalingConfig":{"minSize":3}}""", "Minimum capacity 3 can't be greater than desired size 1")]
    [InlineData("""{"scalingConfig":{"desiredSize":11}}""", "Maximum capacity 10 can't be less than desired size 11")]
    [InlineData("""{"updateConfig":{"maxUnavailable":11}}""", "max-unavailable must be within the range 1 and max size of the node group")]
    [InlineData("""{"labels":{"addOrUpdateLabels":{"k8s.io/x":"y"}}}""", "Label cannot contain reserved prefixes")]
    public async Task A_change_that_is_wrong_is_an_InvalidParameterException_and_changes_nothing(string body, string words)
    {
        await ActiveAsync("general", 1);
        string before = (await DescribeAsync("general")).ToJsonString();
        (await PostAsync("general", body)).MustFail(400, "InvalidParameterException", words);
        Assert.Equal(before, (await DescribeAsync("general")).ToJsonString());
    }

    [Fact]
    public async Task Only_an_active_group_is_updated_and_the_same_token_is_the_same_update()
    {
        (await Client.PostAsync(Groups, Body("general", 1))).Must(200);
        (await PostAsync("general", """{"scalingConfig":{"desiredSize":2}}""")).MustFail(400, "InvalidRequestException", "currently not in Active State");
        await AdvanceAsync(40);
        const string Body2 = """{"scalingConfig":{"desiredSize":2},"clientRequestToken":"t"}""";
        string id = (string)(await PostAsync("general", Body2)).Must(200).Json["update"]!["id"]!;
        await AdvanceAsync(40);
        JsonNode again = (await PostAsync("general", Body2)).Must(200).Json["update"]!;
        Assert.Equal(id, (string?)again["id"]);
        Assert.Equal("Successful", (string?)again["status"]);
        (await PostAsync("general", """{"scalingConfig":{"desiredSize":3},"clientRequestToken":"t"}""")).MustFail(400, "InvalidParameterException", "other parameters");
        (await PostAsync("nope", Body2)).MustFail(404, "ResourceNotFoundException", "No node group found for name: nope.");
    }

    private Task<EksReply> PostAsync(string group, string body) => Client.PostAsync($"{Groups}/{group}/update-config", body);

    private static IEnumerable<string> Params(JsonNode update) => update["params"]!.AsArray().Select(param => $"{param!["type"]}={param["value"]}");
}
