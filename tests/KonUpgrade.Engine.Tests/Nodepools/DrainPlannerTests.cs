using KonUpgrade.Engine.Nodepools.Draining.Filters;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools;

public sealed class DrainPlannerTests
{
    [Fact]
    public void Every_pod_is_told_with_what_happens_to_it_and_why()
    {
        var plan = Drained.Plan(
            [
                Drained.Pod("web-1"), Drained.Pod("proxy", ns: "kube-system", owner: "DaemonSet proxy"),
                Drained.Pod("etcd", ns: "kube-system", owner: "Node old-1", annotations: """{"kubernetes.io/config.mirror":"x"}"""),
                Drained.Pod("debug", owner: null, node: "old-2"), Drained.Pod("api-1", node: "old-2"),
            ],
            daemonSets: new() { [("kube-system", "proxy")] = DaemonSetState.Found });
        Assert.Equal(
            ["old-1 kube-system/etcd Leave", "old-1 kube-system/proxy Leave", "old-1 shop/web-1 Evict", "old-2 shop/api-1 Evict", "old-2 shop/debug Refused"],
            plan.Pods.Select(p => $"{p.Node} {p} {p.Action}"));
        Assert.Equal("ReplicaSet web-1", plan.Pods[2].Owner);
        Assert.All(plan.Pods.Where(p => p.Action == DrainAction.Leave), p => Assert.NotNull(p.Reason));
        Assert.Equal((2, 0, 2, 1), (plan.EvictCount, plan.DeleteCount, plan.LeaveCount, plan.RefusedCount));
        Assert.Null(plan.Failure);
    }

    [Fact]
    public void One_refused_pod_keeps_its_node_from_being_begun_and_the_reasons_are_grouped()
    {
        const string Data = """{"volumes":[{"name":"d","emptyDir":{}}]}""";
        var plan = Drained.Plan([Drained.Pod("a", spec: Data), Drained.Pod("b", spec: Data), Drained.Pod("c", owner: null), Drained.Pod("fine"), Drained.Pod("other", node: "old-2")]);
        var node = plan.Nodes[0];
        Assert.Equal(("old-1", 0), (node.Name, node.PodCount));
        Assert.Equal(["PodHasLocalData", "PodNotManaged"], node.Failures.Select(f => f.Id));
        Assert.Contains("of its pods 2 may not go", node.Failures[0].Message, StringComparison.Ordinal);
        Assert.EndsWith("shop/a, shop/b.", node.Failures[0].Message, StringComparison.Ordinal);
        Assert.Equal(1, plan.Nodes[1].PodCount);
        Assert.Empty(plan.Nodes[1].Failures);
    }

    [Fact]
    public void A_budget_that_lets_all_go_is_not_told_and_one_that_holds_up_is_with_needed_and_have()
    {
        var web = new[] { Drained.Pod("web-1"), Drained.Pod("web-2") };
        Assert.Empty(Drained.Plan(web, budgets: [Drained.Budget("web", 8, 10, 2, 10)]).Budgets);
        var waits = Assert.Single(Drained.Plan(web, budgets: [Drained.Budget("web", 9, 10, 1, 10)]).Budgets);
        Assert.Equal((9, 10, 1, false, "old-1/web-1 old-1/web-2"), (waits.Needed, waits.Have, waits.Allowed, waits.IsBlocking, string.Join(' ', waits.Pods)));
        Assert.Equal("It lets 1 of 2 go at once; each of the others waits until one is healthy elsewhere.", waits.Reason);
        var blocks = Assert.Single(Drained.Plan(web, budgets: [Drained.Budget("web", 2, 2, 0, 2)]).Budgets);
        Assert.True(blocks.IsBlocking);
        Assert.Contains("never lets one go", blocks.Reason, StringComparison.Ordinal);
        Assert.Contains("not reckoned", Assert.Single(Drained.Plan(web, budgets: [Drained.Budget("web", 1, 10, 9, 10, generation: 2)]).Budgets).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Pending", false, null, false)]
    [InlineData("Succeeded", false, null, false)]
    [InlineData("Running", true, null, true)]
    // Not ready, and not enough others are healthy: only the policy lets it go.
    [InlineData("Running", false, null, true)]
    [InlineData("Running", false, "AlwaysAllow", false)]
    public void A_budget_is_asked_only_for_pods_that_it_guards(string phase, bool ready, string? policy, bool asked)
    {
        var plan = Drained.Plan([Drained.Pod("web-1", phase: phase, ready: ready)], budgets: [Drained.Budget("web", 2, 1, 0, 2, unhealthy: policy)]);
        Assert.Equal(asked, plan.Budgets.Count == 1);
    }

    [Fact]
    public void An_unready_pod_goes_while_enough_others_are_healthy()
    {
        Assert.Empty(Drained.Plan([Drained.Pod("web-1", ready: false)], budgets: [Drained.Budget("web", 2, 2, 0, 3)]).Budgets);
    }

    [Fact]
    public void A_pod_under_several_budgets_is_refused_by_name_and_its_node_goes_on()
    {
        var budgets = new[] { Drained.Budget("web", 1, 5, 4, 5), Drained.Budget("all", 1, 9, 8, 9, selector: "{}") };
        var plan = Drained.Plan([Drained.Pod("web-1"), Drained.Pod("db-0", labels: "{}"), Drained.Pod("new", phase: "Pending")], budgets: budgets);
        var web = plan.Pods.Single(p => p.Name == "web-1");
        Assert.Equal((DrainAction.Refused, "MultipleBudgets", "all web"), (web.Action, web.Failure?.Id, string.Join(' ', web.Budgets)));
        Assert.Contains("all, web", web.Failure!.Message, StringComparison.Ordinal);
        Assert.All(plan.Pods.Where(p => p.Name != "web-1"), p => Assert.Equal(DrainAction.Evict, p.Action));
        Assert.Empty(plan.Nodes.Single().Failures);
    }

    [Fact]
    public void With_eviction_disabled_budgets_are_not_asked_and_that_is_said()
    {
        var plan = Drained.Plan([Drained.Pod("web-1")], new DrainOptions { DisableEviction = true }, budgets: [Drained.Budget("web", 1, 1, 0, 1), Drained.Budget("all", 1, 1, 0, 1, selector: "{}")]);
        Assert.Equal(DrainAction.Delete, plan.Pods.Single().Action);
        Assert.Empty(plan.Budgets);
        Assert.Contains("shop/web-1", Assert.Single(plan.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1", "{}", true)]
    [InlineData("v1beta1", "{}", false)]
    [InlineData("v1", "null", false)]
    [InlineData("v1beta1", """{"matchLabels":{"app":"web"}}""", true)]
    [InlineData("v1", """{"matchExpressions":[{"key":"app","operator":"NotIn","values":["web"]}]}""", false)]
    public void An_empty_selector_means_all_in_policy_v1_and_nothing_in_v1beta1(string version, string selector, bool selects)
    {
        var pod = Drained.Pod("web-1");
        Assert.Equal(selects, Drained.Budget("b", 1, 1, 0, 1, selector: selector, version: version).Selects("shop", pod.Labels));
        Assert.False(Drained.Budget("b", 1, 1, 0, 1, selector: selector, version: version).Selects("other", pod.Labels));
    }

    [Fact]
    public void The_last_pool_that_can_run_system_pods_is_refused_until_it_is_allowed()
    {
        var dns = Drained.Pod("coredns-1", ns: "kube-system", spec: """{"nodeSelector":{"kubernetes.io/os":"linux"}}""");
        var tainted = Drained.Node("gpu-1", spec: """{"taints":[{"key":"gpu","effect":"NoSchedule"}]}""", labels: """{"kubernetes.io/os":"linux"}""");
        var plan = Drained.Plan([dns], staying: [tainted]);
        Assert.Equal("LastNodepool", plan.Failure?.Id);
        Assert.Contains("kube-system/coredns-1", plan.Failure!.Message, StringComparison.Ordinal);
        Assert.Null(Drained.Plan([dns], new DrainOptions { AllowLastPool = true }, [tainted]).Failure);
        Assert.Null(Drained.Plan([dns], staying: [Drained.Node("full-1", pods: "0", labels: """{"kubernetes.io/os":"linux"}""")]).Failure);
        // What is only the users' own is told and not refused.
        Assert.Null(Drained.Plan([Drained.Pod("web-1")], staying: []).Failure);
        Assert.Contains("No other node takes pods", Assert.Single(Drained.Plan([Drained.Pod("web-1")], staying: []).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Pods_that_tolerate_everything_are_told_since_they_may_come_back()
    {
        var plan = Drained.Plan([Drained.Pod("web-1", spec: """{"tolerations":[{"operator":"Exists"}]}""")]);
        Assert.Contains("shop/web-1", Assert.Single(plan.Warnings), StringComparison.Ordinal);
    }
}
