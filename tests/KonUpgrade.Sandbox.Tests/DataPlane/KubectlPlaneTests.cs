using System.Text.RegularExpressions;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Tests.Kubectl;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

/// <summary>A cluster that lives is judged by kubectl. Skipped where it is not on the PATH.</summary>
public sealed class KubectlPlaneTests : LivePlay
{
    protected override DataPlaneSettings Settings => new() { Speed = 20 };

    [Fact]
    public async Task A_drain_moves_all_pods_within_their_budget()
    {
        await StartAsync();
        string waited = await KubectlAsync(0, "rollout", "status", "deployment/web", "--timeout=30s");
        Assert.Contains("deployment \"web\" successfully rolled out", waited, StringComparison.Ordinal);
        string[] victims = [.. (await ListAsync($"{Pods}?fieldSelector=spec.nodeName%3Done")).Select(Name)];
        Assert.NotEmpty(victims);
        string drained = await KubectlAsync(0, "drain", "one", "--ignore-daemonsets", "--timeout=60s");
        Assert.Contains("node/one drained", drained, StringComparison.Ordinal);
        Assert.All(victims, pod => Assert.Contains($"pod/{pod} evicted", drained, StringComparison.Ordinal));
        Assert.Empty(await ListAsync($"{Pods}?fieldSelector=spec.nodeName%3Done"));
        await KubectlAsync(0, "rollout", "status", "deployment/web", "--timeout=30s");
        Assert.Equal(0, Plane.BudgetViolations);
        Assert.Matches(@"one\s+Ready,SchedulingDisabled\s+<none>", await KubectlAsync(0, "get", "nodes"));
        await KubectlAsync(0, "uncordon", "one");
        Assert.Matches(@"one\s+Ready\s+<none>", await KubectlAsync(0, "get", "nodes"));
    }

    [Fact]
    public async Task A_drain_that_no_budget_allows_says_so_and_deletes_nothing()
    {
        await StartAsync(most: 0);
        await KubectlAsync(0, "rollout", "status", "deployment/web", "--timeout=30s");
        int before = (await ListAsync($"{Pods}?fieldSelector=spec.nodeName%3Done")).Count;
        string refused = await KubectlAsync(1, "drain", "one", "--timeout=3s");
        Assert.Contains("Cannot evict pod as it would violate the pod's disruption budget.", refused, StringComparison.Ordinal);
        Assert.Equal(before, (await ListAsync($"{Pods}?fieldSelector=spec.nodeName%3Done")).Count);
    }

    [Fact]
    public async Task Get_shows_the_columns_of_each_kind()
    {
        await StartAsync();
        await ApplyAsync("/apis/apps/v1/namespaces/default/statefulsets", """{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db"},"spec":{"replicas":1,"serviceName":"db","selector":{"matchLabels":{"app":"db"}},"template":{"metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"name":"c","image":"i:1"}]}}}}""");
        await ApplyAsync("/apis/apps/v1/namespaces/default/daemonsets", """{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"agent"},"spec":{"selector":{"matchLabels":{"app":"agent"}},"template":{"metadata":{"labels":{"app":"agent"}},"spec":{"containers":[{"name":"c","image":"i:1"}]}}}}""");
        await ApplyAsync("/apis/batch/v1/namespaces/default/jobs", """{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"work"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i:1"}]}}}}""");
        await ApplyAsync("/apis/batch/v1/namespaces/default/cronjobs", """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"nightly"},"spec":{"schedule":"0 3 * * *","suspend":true,"jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i:1"}]}}}}}}""");
        foreach (string rollout in (string[])["deployment/web", "statefulset/db", "daemonset/agent"]) await KubectlAsync(0, "rollout", "status", rollout, "--timeout=30s");
        await KubectlAsync(0, "wait", "--for=condition=Complete", "job/work", "--timeout=30s");
        const string age = @"\d+[smh]\S*";
        await ShowsAsync($@"^NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\n", $@"^db-0\s+1/1\s+Running\s+0\s+{age}\s*$", "get", "pods");
        await ShowsAsync(@"^NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\s+IP\s+NODE\s+NOMINATED NODE\s+READINESS GATES\n", $@"^db-0\s+1/1\s+Running\s+0\s+{age}\s+10\.244\.\S+\s+(one|two)\s+<none>\s+<none>\s*$", "get", "pods", "-o", "wide");
        await ShowsAsync(@"^NAME\s+STATUS\s+ROLES\s+AGE\s+VERSION\n", $@"^one\s+Ready\s+<none>\s+{age}\s+v1\.33", "get", "nodes");
        await ShowsAsync(@"^NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE\n", $@"^web\s+4/4\s+4\s+4\s+{age}", "get", "deployments");
        await ShowsAsync(@"^NAME\s+DESIRED\s+CURRENT\s+READY\s+AGE\n", $@"^web-\w+\s+4\s+4\s+4\s+{age}", "get", "replicasets");
        await ShowsAsync(@"^NAME\s+READY\s+AGE\s+CONTAINERS\s+IMAGES\n", $@"^db\s+1/1\s+{age}\s+c\s+i:1", "get", "statefulsets", "-o", "wide");
        await ShowsAsync(@"^NAME\s+DESIRED\s+CURRENT\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+NODE SELECTOR\s+AGE\n", $@"^agent\s+2\s+2\s+2\s+2\s+2\s+<none>\s+{age}", "get", "daemonsets");
        await ShowsAsync(@"^NAME\s+STATUS\s+COMPLETIONS\s+DURATION\s+AGE\n", $@"^work\s+Complete\s+1/1\s+{age}\s+{age}", "get", "jobs");
        await ShowsAsync(@"^NAME\s+SCHEDULE\s+TIMEZONE\s+SUSPEND\s+ACTIVE\s+LAST SCHEDULE\s+AGE\n", $@"^nightly\s+0 3 \* \* \*\s+<none>\s+True\s+0\s+<none>\s+{age}", "get", "cronjobs");
        await ShowsAsync(@"^NAME\s+MIN AVAILABLE\s+MAX UNAVAILABLE\s+ALLOWED DISRUPTIONS\s+AGE\n", $@"^web\s+N/A\s+1\s+1\s+{age}", "get", "pdb");
        await ShowsAsync(@"^NAME\s+TYPE\s+CLUSTER-IP\s+EXTERNAL-IP\s+PORT\(S\)\s+AGE\n", $@"^kubernetes\s+ClusterIP\s+10\.96\.0\.1\s+<none>\s+443/TCP\s+{age}", "get", "services");
        await ShowsAsync(@"^NAME\s+AGE\n", $@"^default\s+{age}", "get", "serviceaccounts");
    }

    [Fact]
    public async Task Get_shows_the_columns_that_a_definition_names()
    {
        await ApplyAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", """
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"pools.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"pools","kind":"Pool"},
             "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.size","statusReplicasPath":".status.size"}},
               "additionalPrinterColumns":[{"name":"Size","type":"integer","jsonPath":".spec.size"},{"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].status"},{"name":"Since","type":"date","jsonPath":".metadata.creationTimestamp"},{"name":"Note","type":"string","priority":1,"jsonPath":".metadata.annotations.example\\.com/note"}],
               "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"size":{"type":"integer"} } },"status":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } } } }]}}
            """);
        await KubectlAsync(0, "wait", "--for=condition=Established", "crd/pools.example.com", "--timeout=20s");
        await ApplyAsync("/apis/example.com/v1/namespaces/default/pools", """{"apiVersion":"example.com/v1","kind":"Pool","metadata":{"name":"a","annotations":{"example.com/note":"it"}},"spec":{"size":2}}""");
        (await Client.MergeAsync("/apis/example.com/v1/namespaces/default/pools/a/status", """{"status":{"size":2,"conditions":[{"type":"Other","status":"False"},{"type":"Ready","status":"True"}]}}""")).Must(200);
        await ShowsAsync(@"^NAME\s+SIZE\s+READY\s+SINCE\n", @"^a\s+2\s+True\s+\d+[smh]\S*\s*$", "get", "pools");
        await ShowsAsync(@"^NAME\s+SIZE\s+READY\s+SINCE\s+NOTE\n", @"^a\s+2\s+True\s+\d+[smh]\S*\s+it\s*$", "get", "pools", "-o", "wide");
        await KubectlAsync(0, "scale", "pools/a", "--replicas=5");
        Assert.Equal(5, Number((await GetAsync("/apis/example.com/v1/namespaces/default/pools/a"))["spec"]!["size"]));
    }

    [Fact]
    public async Task Scale_restart_and_undo_do_what_they_say()
    {
        await StartAsync();
        await KubectlAsync(0, "rollout", "status", "deployment/web", "--timeout=30s");
        Assert.Contains("deployment.apps/web scaled", await KubectlAsync(0, "scale", "deployment/web", "--replicas=2", "--current-replicas=4"), StringComparison.Ordinal);
        await KubectlAsync(0, "rollout", "status", "deployment/web", "--timeout=30s");
        await KubectlAsync(0, "set", "image", "deployment/web", "main=app:2");
        await KubectlAsync(0, "rollout", "status", "deployment/web", "--timeout=30s");
        await KubectlAsync(0, "rollout", "undo", "deployment/web");
        await KubectlAsync(0, "rollout", "status", "deployment/web", "--timeout=30s");
        Assert.Equal("app:1", await KubectlAsync(0, "get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}"));
        await KubectlAsync(0, "wait", "--for=delete", "pod", "-l", "app=nobody", "--timeout=5s");
        await KubectlAsync(0, "delete", "deployment", "web", "--cascade=foreground", "--timeout=30s");
        await KubectlAsync(0, "wait", "--for=delete", "pod", "-l", "app=web", "--timeout=30s");
    }

    private async Task StartAsync(int most = 1)
    {
        await Plane.AddNodeAsync(Node("one"), TestContext.Current.CancellationToken);
        await Plane.AddNodeAsync(Node("two"), TestContext.Current.CancellationToken);
        await ApplyAsync(Deployments, Deployment("web", 4));
        await ApplyAsync(Budgets, Budget("web", $"\"maxUnavailable\":{most}", "web"));
    }

    private async Task ShowsAsync(string heading, string row, params string[] arguments)
    {
        string text = (await KubectlAsync(0, arguments)).Replace("\r", string.Empty, StringComparison.Ordinal);
        Assert.Matches(heading, text);
        Assert.True(Regex.IsMatch(text, row, RegexOptions.Multiline), $"No row is as {row}: {text}");
    }

    private Task<string> KubectlAsync(int code, params string[] arguments) => KubectlProgram.RunAsync(Host, code, arguments);
}
