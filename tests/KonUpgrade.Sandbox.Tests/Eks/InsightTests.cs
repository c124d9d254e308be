using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Eks;

namespace KonUpgrade.Sandbox.Tests.Eks;

/// <summary>What the service has found about a cluster, as its own model has it.</summary>
public sealed class InsightTests : EksPlay
{
    private const string Insights = "/clusters/blue/insights";

    [Fact]
    public async Task Insights_are_listed_by_a_filter_and_page_by_page_and_described_with_their_clients()
    {
        Assert.Empty((await Client.PostAsync(Insights, "{}")).Must(200).Json["insights"]!.AsArray());
        Eks.SetInsights("blue", Deprecated("b"), new EksInsight("a") { Status = "PASSING" }, new EksInsight("c") { Category = "MISCONFIGURATION" });

        Assert.Equal(["a", "b", "c"], Ids(await Client.PostAsync(Insights, "{}")));
        Assert.Equal(["a", "b"], Ids(await Client.PostAsync(Insights, """{"filter":{"categories":["UPGRADE_READINESS"]}}""")));
        Assert.Equal(["b"], Ids(await Client.PostAsync(Insights, """{"filter":{"categories":["UPGRADE_READINESS"],"statuses":["ERROR"],"kubernetesVersions":["1.34"]}}""")));
        EksReply first = await Client.PostAsync(Insights, """{"maxResults":2}""");
        Assert.Equal(["a", "b"], Ids(first));
        Assert.Equal(["c"], Ids(await Client.PostAsync(Insights, $$"""{"maxResults":2,"nextToken":"{{(string?)first.Json["nextToken"]}}"}""")));

        JsonNode insight = (await Client.GetAsync($"{Insights}/b")).Must(200).Json["insight"]!;
        Assert.Equal(("UPGRADE_READINESS", "1.34", "ERROR"), ((string?)insight["category"], (string?)insight["kubernetesVersion"], (string?)insight["insightStatus"]!["status"]));
        JsonNode detail = Assert.Single(insight["categorySpecificSummary"]!["deprecationDetails"]!.AsArray())!;
        Assert.Equal("/apis/policy/v1beta1/podsecuritypolicies", (string?)detail["usage"]);
        JsonNode client = Assert.Single(detail["clientStats"]!.AsArray())!;
        Assert.Equal(("old-operator", 412, 1_772_400_000m), ((string?)client["userAgent"], (int)client["numberOfRequestsLast30Days"]!, (decimal)client["lastRequestTime"]!));

        (await Client.GetAsync($"{Insights}/nope")).MustFail(404, "ResourceNotFoundException");
        (await Client.PostAsync("/clusters/nope/insights", "{}")).MustFail(404, "ResourceNotFoundException");
        (await Client.PostAsync(Insights, """{"filter":{"categories":["NOPE"]}}""")).MustFail(400, "InvalidParameterException");
    }

    [Fact]
    public async Task The_aws_program_lists_and_describes_them()
    {
        Eks.SetInsights("blue", Deprecated("b"), new EksInsight("a") { Status = "PASSING" });
        // The program writes a line a page.
        Assert.Equal("a\nb", await RunAsync("list-insights", "--cluster-name", "blue", "--page-size", "1", "--query", "insights[].id", "--output", "text"));
        Assert.Equal("b", await RunAsync("list-insights", "--cluster-name", "blue", "--filter", "statuses=ERROR,categories=UPGRADE_READINESS", "--query", "insights[].id", "--output", "text"));
        Assert.Equal("old-operator\t412", await RunAsync("describe-insight", "--cluster-name", "blue", "--id", "b", "--query", "insight.categorySpecificSummary.deprecationDetails[0].clientStats[0].[userAgent,numberOfRequestsLast30Days]", "--output", "text"));
    }

    private static EksInsight Deprecated(string id) => new(id)
    {
        Deprecations = [new("/apis/policy/v1beta1/podsecuritypolicies") { StopServingVersion = "1.25", Clients = [new("old-operator", 412, DateTimeOffset.FromUnixTimeSeconds(1_772_400_000))] }],
    };

    private static IEnumerable<string?> Ids(EksReply reply) => reply.Must(200).Json["insights"]!.AsArray().Select(insight => (string?)insight!["id"]);

    private async Task<string> RunAsync(params string[] arguments)
    {
        (int code, string text) = await AwsProgram.RunAsync(Host, Eks.Settings.SecretAccessKey, ["eks", .. arguments]);
        Assert.True(code == 0, text);
        return text.Trim();
    }
}
