using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane.Disruptions;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

public sealed class EvictionTests : LivePlay
{
    [Fact]
    public async Task An_eviction_within_the_budget_deletes_the_pod_and_is_noted_in_the_budget()
    {
        await ThreePodsAsync("\"minAvailable\":2");
        JsonObject status = await StatusAsync();
        Assert.Equal((3L, 2L, 1L, 3L, 1L), (Number(status["currentHealthy"]), Number(status["desiredHealthy"]), Number(status["disruptionsAllowed"]), Number(status["expectedPods"]), Number(status["observedGeneration"])));
        Reply evicted = (await EvictAsync("a0")).Must(201);
        Assert.Equal("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201}""", evicted.Text);
        JsonObject pod = await GetAsync($"{Pods}/a0");
        Assert.NotNull(pod["metadata"]!["deletionTimestamp"]);
        Assert.Equal("EvictionByEvictionAPI", (string?)Condition(pod, "DisruptionTarget")!["reason"]);
        await SettleAsync();
        status = await StatusAsync();
        Assert.Equal((2L, 0L), (Number(status["currentHealthy"]), Number(status["disruptionsAllowed"])));
        Assert.Equal("InsufficientPods", (string?)Condition(await GetAsync($"{Budgets}/a"), "DisruptionAllowed")!["reason"]);
        await AdvanceAsync(2);
        (await Client.GetAsync($"{Pods}/a0")).Must(404);
        Assert.Equal(0, Plane.BudgetViolations);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task An_eviction_beyond_the_budget_is_refused_in_the_servers_words(string version)
    {
        await ThreePodsAsync("\"minAvailable\":2");
        (await EvictAsync("a0", version: version)).Must(201);
        await SettleAsync();
        Reply refused = (await EvictAsync("a1", version: version)).Must(429);
        Assert.Equal("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Cannot evict pod as it would violate the pod's disruption budget.","reason":"TooManyRequests","details":{"causes":[{"reason":"DisruptionBudget","message":"The disruption budget a needs 2 healthy pods and has 2 currently"}]},"code":429}""", refused.Text);
        Assert.Null(refused.RetryAfterSeconds);
    }

    [Fact]
    public async Task A_budget_that_nobody_has_reckoned_yet_asks_to_wait()
    {
        await ThreePodsAsync("\"minAvailable\":2");
        await Client.MergeAsync($"{Budgets}/a/status", """{"status":{"observedGeneration":0}}""");
        // No controller keeps the status of a budget of a cluster that does not live.
        await using var still = await KonUpgrade.Sandbox.Hosting.SandboxHost.StartAsync(new() { Clusters = [new("still", "1.33")] }, TestContext.Current.CancellationToken);
        using var client = new ApiClient(still, still.Cluster("still"));
        (await client.PostAsync(Pods, Pod("a0", metadata: ""","labels":{"app":"a"}"""))).Must(201);
        (await client.MergeAsync($"{Pods}/a0/status", """{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""")).Must(200);
        (await client.PostAsync(Budgets, Budget("a", "\"minAvailable\":0", "a"))).Must(201);
        Reply refused = (await client.PostAsync($"{Pods}/a0/eviction", """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"a0"}}""")).Must(429);
        Assert.Equal("The disruption budget a is still being processed by the server.", (string?)refused.Json["details"]!["causes"]![0]!["message"]);
        Assert.Equal(10, refused.RetryAfterSeconds);
        Assert.Equal(10, (int)refused.Json["details"]!["retryAfterSeconds"]!);
    }

    [Fact]
    public async Task A_pod_with_two_budgets_cannot_be_evicted()
    {
        await ThreePodsAsync("\"minAvailable\":0");
        await ApplyAsync(Budgets, Budget("b", "\"maxUnavailable\":1", "a"));
        await SettleAsync();
        Reply refused = (await EvictAsync("a0")).Must(500);
        Assert.Equal("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.","code":500}""", refused.Text);
    }

    [Fact]
    public async Task Preconditions_are_looked_at_after_the_budget_was_asked()
    {
        await ThreePodsAsync("\"minAvailable\":2");
        string uid = (string)(await GetAsync($"{Pods}/a0"))["metadata"]!["uid"]!;
        Reply refused = (await EvictAsync("a0", """{"preconditions":{"uid":"other"}}""")).Must(409);
        Assert.Equal($"Operation cannot be fulfilled on Pod \"a0\": the UID in the precondition (other) does not match the UID in record ({uid}). The object might have been deleted and then recreated", refused.Message);
        Assert.Equal("Pod", (string?)refused.Json["details"]!["kind"]);
        // The grant is spent all the same, until the controller sees that nothing came of it.
        await SettleAsync();
        Assert.NotNull((await StatusAsync())["disruptedPods"]!["a0"]);
        (await EvictAsync("a0", $$$"""{"preconditions":{"uid":"{{{uid}}}"}}""")).Must(429);
        await AdvanceAsync(121);
        Assert.Null((await StatusAsync())["disruptedPods"]);
        (await EvictAsync("a0", $$$"""{"preconditions":{"uid":"{{{uid}}}"}}""")).Must(201);
    }

    [Fact]
    public async Task A_dry_run_asks_and_leaves_everything_as_it_is()
    {
        await ThreePodsAsync("\"minAvailable\":2");
        long revision = Cluster.Revision;
        (await EvictAsync("a0", query: "?dryRun=All")).Must(201);
        (await EvictAsync("a0", """{"dryRun":["All"]}""")).Must(201);
        Assert.Equal(revision, Cluster.Revision);
        (await EvictAsync("a0")).Must(201);
        await SettleAsync();
        (await EvictAsync("a1", query: "?dryRun=All")).Must(429);
    }

    [Fact]
    public async Task Whoever_is_not_there_is_told_so_and_a_wrong_body_is_refused()
    {
        await ThreePodsAsync("\"minAvailable\":2");
        Assert.Equal("pods \"nobody\" not found", (await EvictAsync("nobody")).Must(404).Message);
        Assert.Equal("name in URL does not match name in Eviction object", (await Client.PostAsync($"{Pods}/a0/eviction", """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"a1"}}""")).Must(400).Message);
        (await Client.GetAsync($"{Pods}/a0/eviction")).Must(405);
    }

    [Fact]
    public async Task Budgets_do_not_guard_what_is_finished_not_begun_or_going()
    {
        await ThreePodsAsync("\"minAvailable\":3");
        await ApplyAsync(Pods, Pod("done", ""","restartPolicy":"Never" """, ""","labels":{"app":"a"},"annotations":{"sandbox.konupgrade.dev/complete-after":"1s"}"""));
        await ApplyAsync(Pods, Pod("pending", metadata: ""","labels":{"app":"a"},"annotations":{"sandbox.konupgrade.dev/start-after":"never"}"""));
        await AdvanceAsync(2);
        (await EvictAsync("a0")).Must(429);
        (await EvictAsync("done")).Must(201);
        (await Client.GetAsync($"{Pods}/done")).Must(404);
        (await EvictAsync("pending")).Must(201);
        (await Client.DeleteAsync($"{Pods}/a1?gracePeriodSeconds=25")).Must(200);
        (await EvictAsync("a1", """{"gracePeriodSeconds":3}""")).Must(201);
        Assert.Equal(3, (long)(await GetAsync($"{Pods}/a1"))["metadata"]!["deletionGracePeriodSeconds"]!);
        await SettleAsync();
        BudgetViolation broken = Assert.Single(Plane.Violations);
        Assert.Equal(("a1", DisruptionCause.Deletion, 2L, 3L), (broken.Pod, broken.Cause, broken.Healthy, broken.Desired));
        Assert.Equal(1, Plane.BudgetViolations);
    }

    [Fact]
    public async Task An_unready_pod_goes_only_while_its_budget_is_kept_or_when_it_always_may()
    {
        await ThreePodsAsync("\"minAvailable\":3");
        await IllAsync("a0");
        Assert.Equal("The disruption budget a needs 3 healthy pods and has 2 currently", (string?)(await EvictAsync("a0")).Must(429).Json["details"]!["causes"]![0]!["message"]);
        (await Client.MergeAsync($"{Budgets}/a", """{"spec":{"unhealthyPodEvictionPolicy":"AlwaysAllow"}}""")).Must(200);
        await SettleAsync();
        (await EvictAsync("a0")).Must(201);
        (await Client.MergeAsync($"{Budgets}/a", """{"spec":{"unhealthyPodEvictionPolicy":null,"minAvailable":1}}""")).Must(200);
        await IllAsync("a1");
        (await EvictAsync("a1")).Must(201);
        Assert.Equal(0, Plane.BudgetViolations);
    }

    [Fact]
    public async Task A_budget_over_pods_whose_owner_has_no_scale_allows_nothing()
    {
        await NodesAsync(Node("one"));
        Reply owner = await ApplyAsync("/apis/apps/v1/namespaces/default/daemonsets", """{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"x":"y"}},"template":{"metadata":{"labels":{"x":"y"}},"spec":{"nodeSelector":{"none":"such"},"containers":[{"name":"c","image":"i"}]}}}}""");
        await ApplyAsync(Pods, Pod("a0", metadata: $$$""","labels":{"app":"a"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"DaemonSet","name":"d","uid":"{{{owner.Uid}}}","controller":true}]"""));
        await ApplyAsync(Budgets, Budget("a", "\"maxUnavailable\":1", "a"));
        await SettleAsync();
        JsonNode told = Condition(await GetAsync($"{Budgets}/a"), "DisruptionAllowed")!;
        Assert.Equal(("SyncFailed", "daemonsets.apps does not implement the scale subresource"), ((string?)told["reason"], (string?)told["message"]));
    }

    private async Task ThreePodsAsync(string rule)
    {
        Plane.Settings = Plane.Settings with { ReadyAfter = TimeSpan.Zero };
        await NodesAsync(Node("one"));
        for (int i = 0; i < 3; i++) await ApplyAsync(Pods, Pod($"a{i}", metadata: ""","labels":{"app":"a"}"""));
        await ApplyAsync(Budgets, Budget("a", rule, "a"));
        await SettleAsync();
    }

    private async Task IllAsync(string pod)
    {
        (await Client.MergeAsync($"{Pods}/{pod}", """{"metadata":{"annotations":{"sandbox.konupgrade.dev/ready-after":"never"}}}""")).Must(200);
        await SettleAsync();
    }

    private async Task<JsonObject> StatusAsync() => (JsonObject)(await GetAsync($"{Budgets}/a"))["status"]!;
}
