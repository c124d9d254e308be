using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

public sealed class StatefulSetTests : LivePlay
{
    private const string Sets = "/apis/apps/v1/namespaces/default/statefulsets";

    [Fact]
    public async Task Pods_come_one_after_another_with_their_numbers_and_claims()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Sets, Set("db", 3, ""","volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]"""));
        await SettleAsync();
        Assert.Equal(["db-0"], await NamesAsync());
        await AdvanceAsync(1.1);
        Assert.Equal(["db-0", "db-1"], await NamesAsync());
        await AdvanceAsync(2.5);
        Assert.Equal(["db-0", "db-1", "db-2"], await NamesAsync());
        JsonObject pod = await GetAsync($"{Pods}/db-1");
        Assert.Equal("db-1", (string?)pod["metadata"]!["labels"]!["statefulset.kubernetes.io/pod-name"]);
        Assert.Equal("data-db-1", (string?)pod["spec"]!["volumes"]![0]!["persistentVolumeClaim"]!["claimName"]);
        Assert.Equal("db", (string?)(await GetAsync("/api/v1/namespaces/default/persistentvolumeclaims/data-db-2"))["metadata"]!["labels"]!["app"]);
        JsonNode status = (await GetAsync($"{Sets}/db"))["status"]!;
        Assert.Equal((3L, 3L, 3L, 3L), (Number(status["replicas"]), Number(status["readyReplicas"]), Number(status["availableReplicas"]), Number(status["updatedReplicas"])));
        Assert.Equal((string?)status["updateRevision"], (string?)status["currentRevision"]);
    }

    [Fact]
    public async Task Pods_go_from_the_last_and_are_renewed_from_the_last()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Sets, Set("db", 3));
        await AdvanceAsync(5);
        (await Client.StrategicAsync($"{Sets}/db", """{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"app:2"}]}}}}""")).Must(200);
        await SettleAsync();
        Assert.Equal(["db-2"], (await ListAsync(Pods)).Where(pod => pod["metadata"]!["deletionTimestamp"] is not null).Select(Name));
        await AdvanceAsync(10);
        Assert.All(await ListAsync(Pods), pod => Assert.Equal("app:2", (string?)pod["spec"]!["containers"]![0]!["image"]));
        JsonNode status = (await GetAsync($"{Sets}/db"))["status"]!;
        Assert.Equal((string?)status["updateRevision"], (string?)status["currentRevision"]);
        Assert.Equal(2, (await ListAsync("/apis/apps/v1/namespaces/default/controllerrevisions")).Count);
        (await Client.MergeAsync($"{Sets}/db/scale", """{"spec":{"replicas":1}}""")).Must(200);
        await AdvanceAsync(1.1);
        Assert.Equal(["db-0", "db-1"], await NamesAsync());
        await AdvanceAsync(5);
        Assert.Equal(["db-0"], await NamesAsync());
    }

    [Fact]
    public async Task An_evicted_pod_comes_back_under_its_name_and_its_budget_follows_the_scale()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Sets, Set("db", 3, ""","podManagementPolicy":"Parallel" """));
        await ApplyAsync(Budgets, Budget("db", "\"minAvailable\":\"60%\"", "db"));
        await AdvanceAsync(2);
        JsonNode status = (await GetAsync($"{Budgets}/db"))["status"]!;
        Assert.Equal((3L, 2L, 1L), (Number(status["expectedPods"]), Number(status["desiredHealthy"]), Number(status["disruptionsAllowed"])));
        string uid = (string)(await GetAsync($"{Pods}/db-1"))["metadata"]!["uid"]!;
        (await EvictAsync("db-1")).Must(201);
        await SettleAsync();
        (await EvictAsync("db-2")).Must(429);
        await AdvanceAsync(3);
        Assert.NotEqual(uid, (string?)(await GetAsync($"{Pods}/db-1"))["metadata"]!["uid"]);
        (await EvictAsync("db-2")).Must(201);
    }

    private async Task<IEnumerable<string>> NamesAsync() => (await ListAsync(Pods)).Select(Name);

    private static string Set(string name, int replicas, string more = "")
        => $$$"""{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"{{{name}}}"},"spec":{"replicas":{{{replicas}}},"serviceName":"{{{name}}}","selector":{"matchLabels":{"app":"{{{name}}}"}},"template":{"metadata":{"labels":{"app":"{{{name}}}"}},"spec":{"containers":[{"name":"main","image":"app:1"}]}}{{{more}}}}}""";
}
