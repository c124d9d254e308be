using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

public sealed class DeploymentTests : LivePlay
{
    [Fact]
    public async Task A_deployment_brings_its_pods_up_and_tells_how_far_it_is()
    {
        await NodesAsync(Node("one"), Node("two"));
        await ApplyAsync(Deployments, Deployment("web", 4));
        await SettleAsync();
        JsonObject web = await GetAsync($"{Deployments}/web");
        Assert.Equal((4L, 4L, 0L, 1L), Counts(web));
        Assert.Equal("False", Status(web, "Available"));
        await AdvanceAsync(1.1);
        web = await GetAsync($"{Deployments}/web");
        Assert.Equal((4L, 4L, 4L, 1L), Counts(web));
        Assert.Equal("True", Status(web, "Available"));
        Assert.Equal("NewReplicaSetAvailable", (string?)Condition(web, "Progressing")!["reason"]);
        Assert.Equal("1", (string?)web["metadata"]!["annotations"]!["deployment.kubernetes.io/revision"]);
        JsonObject set = Assert.Single(await ListAsync(ReplicaSets));
        Assert.Equal("web", (string?)set["metadata"]!["ownerReferences"]![0]!["name"]);
        Assert.Equal(4, Number(set["status"]!["availableReplicas"]));
        IReadOnlyList<JsonObject> pods = await ListAsync(Pods);
        Assert.Equal([2, 2], pods.GroupBy(pod => (string?)pod["spec"]!["nodeName"]).Select(node => node.Count()));
        Assert.All(pods, pod => Assert.Equal(Name(set), (string?)pod["metadata"]!["ownerReferences"]![0]!["name"]));
    }

    [Fact]
    public async Task A_rolling_update_keeps_to_surge_and_unavailable()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Deployments, Deployment("web", 4, ""","strategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":0}}"""));
        await AdvanceAsync(2);
        (await Client.StrategicAsync($"{Deployments}/web", """{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"app:2"}]}}}}""")).Must(200);
        for (int i = 0; i < 40; i++)
        {
            await AdvanceAsync(0.25);
            IReadOnlyList<JsonObject> pods = await ListAsync(Pods);
            Assert.InRange(pods.Count(pod => pod["metadata"]!["deletionTimestamp"] is null), 4, 5);
            Assert.True(pods.Count(pod => IsReady(pod) && pod["metadata"]!["deletionTimestamp"] is null) >= 4);
        }
        JsonObject web = await GetAsync($"{Deployments}/web");
        Assert.Equal((4L, 4L, 4L, 2L), Counts(web));
        Assert.Equal("2", (string?)web["metadata"]!["annotations"]!["deployment.kubernetes.io/revision"]);
        Assert.All(await ListAsync(Pods), pod => Assert.Equal("app:2", (string?)pod["spec"]!["containers"]![0]!["image"]));
        Assert.Equal([0L, 4L], (await ListAsync(ReplicaSets)).Select(set => Number(set["spec"]!["replicas"])).Order());
    }

    [Fact]
    public async Task A_rollout_back_takes_the_old_replica_set_with_a_new_revision()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Deployments, Deployment("web", 2));
        await AdvanceAsync(2);
        string first = Name(Assert.Single(await ListAsync(ReplicaSets)));
        (await Client.StrategicAsync($"{Deployments}/web", """{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"app:2"}]}}}}""")).Must(200);
        await AdvanceAsync(10);
        (await Client.StrategicAsync($"{Deployments}/web", """{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"app:1"}]}}}}""")).Must(200);
        await AdvanceAsync(10);
        JsonObject again = await GetAsync($"{ReplicaSets}/{first}");
        Assert.Equal(2, Number(again["status"]!["availableReplicas"]));
        Assert.Equal("3", (string?)again["metadata"]!["annotations"]!["deployment.kubernetes.io/revision"]);
    }

    [Fact]
    public async Task A_rollout_that_never_gets_ready_is_late_in_the_end()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Deployments, Deployment("web", 2, ""","progressDeadlineSeconds":30""", annotations: """{"sandbox.konupgrade.dev/ready-after":"never"}"""));
        await AdvanceAsync(25);
        Assert.Equal("True", Status(await GetAsync($"{Deployments}/web"), "Progressing"));
        await AdvanceAsync(10);
        Assert.Equal("ProgressDeadlineExceeded", (string?)Condition(await GetAsync($"{Deployments}/web"), "Progressing")!["reason"]);
    }

    [Fact]
    public async Task Recreate_lets_the_old_go_before_the_new_come()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Deployments, Deployment("web", 2, ""","strategy":{"type":"Recreate"}"""));
        await AdvanceAsync(2);
        (await Client.StrategicAsync($"{Deployments}/web", """{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"app:2"}]}}}}""")).Must(200);
        for (int i = 0; i < 20; i++)
        {
            Assert.Single((await ListAsync(Pods)).Select(pod => (string?)pod["spec"]!["containers"]![0]!["image"]).Distinct());
            await AdvanceAsync(0.2);
            if ((await ListAsync(Pods)).Count == 0) await SettleAsync();
        }
        Assert.All(await ListAsync(Pods), pod => Assert.Equal("app:2", (string?)pod["spec"]!["containers"]![0]!["image"]));
        Assert.Equal((2L, 2L, 2L, 2L), Counts(await GetAsync($"{Deployments}/web")));
    }

    [Fact]
    public async Task Scale_changes_how_many_there_are()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Deployments, Deployment("web", 2));
        await AdvanceAsync(2);
        JsonObject scale = await GetAsync($"{Deployments}/web/scale");
        Assert.Equal(("Scale", "autoscaling/v1", 2L, 2L, "app=web"), ((string?)scale["kind"], (string?)scale["apiVersion"], Number(scale["spec"]!["replicas"]), Number(scale["status"]!["replicas"]), (string?)scale["status"]!["selector"]));
        scale["spec"]!["replicas"] = 3;
        (await Client.PutAsync($"{Deployments}/web/scale", scale)).Must(200);
        (await Client.PutAsync($"{Deployments}/web/scale", scale)).Must(409);
        await AdvanceAsync(2);
        Assert.Equal((3L, 3L, 3L, 2L), Counts(await GetAsync($"{Deployments}/web")));
        (await Client.MergeAsync($"{Deployments}/web/scale", """{"spec":{"replicas":0}}""")).Must(200);
        await AdvanceAsync(5);
        Assert.Empty(await ListAsync(Pods));
        Assert.Equal("spec.replicas", (string?)(await Client.MergeAsync($"{Deployments}/web/scale", """{"spec":{"replicas":-1}}""")).Must(422).Json["details"]!["causes"]![0]!["field"]);
    }

    [Fact]
    public async Task What_is_evicted_is_replaced_and_the_budget_is_kept()
    {
        await NodesAsync(Node("one"), Node("two"));
        await ApplyAsync(Deployments, Deployment("web", 3));
        await ApplyAsync(Budgets, Budget("web", "\"maxUnavailable\":1", "web"));
        await AdvanceAsync(2);
        string[] names = [.. (await ListAsync(Pods)).Select(Name)];
        foreach (string name in names)
        {
            (await EvictAsync(name)).Must(201);
            await SettleAsync();
            string other = (await ListAsync(Pods)).Where(pod => pod["metadata"]!["deletionTimestamp"] is null && IsReady(pod)).Select(Name).First();
            (await EvictAsync(other)).Must(429);
            await AdvanceAsync(2);
        }
        IReadOnlyList<JsonObject> pods = await ListAsync(Pods);
        Assert.Equal(3, pods.Count(IsReady));
        Assert.Empty(pods.Select(Name).Intersect(names));
        Assert.Equal(0, Plane.BudgetViolations);
    }

    [Fact]
    public async Task Scaling_down_breaks_no_budget_but_a_rollout_may_and_is_not_counted()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Deployments, Deployment("web", 4, ""","strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":2}}"""));
        await ApplyAsync(Budgets, Budget("web", "\"maxUnavailable\":0", "web"));
        await AdvanceAsync(2);
        (await Client.MergeAsync($"{Deployments}/web/scale", """{"spec":{"replicas":3}}""")).Must(200);
        await AdvanceAsync(5);
        Assert.Empty(Plane.Violations);
        (await Client.StrategicAsync($"{Deployments}/web", """{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"app:2"}]}}}}""")).Must(200);
        await AdvanceAsync(10);
        Assert.NotEmpty(Plane.Violations);
        Assert.Equal(0, Plane.BudgetViolations);
    }
    private static (long All, long Updated, long Available, long Observed) Counts(JsonNode deployment)
    {
        JsonNode status = deployment["status"]!;
        return (Number(status["replicas"]), Number(status["updatedReplicas"]), Number(status["availableReplicas"]), Number(status["observedGeneration"]));
    }
}
