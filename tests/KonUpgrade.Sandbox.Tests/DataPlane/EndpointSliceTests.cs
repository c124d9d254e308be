using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

public sealed class EndpointSliceTests : LivePlay
{
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";

    [Fact]
    public async Task A_service_lists_its_pods_and_whether_they_serve()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync("/api/v1/namespaces/default/services", """{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"selector":{"app":"web"},"ports":[{"name":"http","port":80,"targetPort":"web"}]}}""");
        await SettleAsync();
        Assert.Empty((await SliceAsync())["endpoints"]!.AsArray());
        await ApplyAsync(Pods, Pod("a", metadata: ""","labels":{"app":"web"}""", container: ""","ports":[{"name":"web","containerPort":8080}]"""));
        await SettleAsync();
        JsonObject slice = await SliceAsync();
        Assert.Equal(8080, Number(slice["ports"]![0]!["port"]));
        JsonNode endpoint = Assert.Single(slice["endpoints"]!.AsArray())!;
        Assert.Equal(("a", "one", false), ((string?)endpoint["targetRef"]!["name"], (string?)endpoint["nodeName"], (bool)endpoint["conditions"]!["ready"]!));
        await AdvanceAsync(1.1);
        Assert.True((bool)(await SliceAsync())["endpoints"]![0]!["conditions"]!["ready"]!);
        (await Client.DeleteAsync($"{Pods}/a")).Must(200);
        await SettleAsync();
        JsonNode going = (await SliceAsync())["endpoints"]![0]!["conditions"]!;
        Assert.Equal((false, true, true), ((bool)going["ready"]!, (bool)going["serving"]!, (bool)going["terminating"]!));
        await AdvanceAsync(2);
        Assert.Empty((await SliceAsync())["endpoints"]!.AsArray());
    }

    [Fact]
    public async Task More_than_a_hundred_pods_fill_more_than_one_slice()
    {
        await NodesAsync(Node("one") with { Pods = 200 });
        await ApplyAsync("/api/v1/namespaces/default/services", """{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""");
        await ApplyAsync(Deployments, Deployment("web", 150));
        await AdvanceAsync(2);
        IReadOnlyList<JsonObject> slices = [.. (await ListAsync(Slices)).Where(IsOurs)];
        Assert.Equal([50, 100], slices.Select(slice => slice["endpoints"]!.AsArray().Count).Order());
    }

    private async Task<JsonObject> SliceAsync() => Assert.Single(await ListAsync(Slices), IsOurs);

    private static bool IsOurs(JsonObject slice) => (string?)slice["metadata"]!["labels"]?["kubernetes.io/service-name"] == "web";
}
