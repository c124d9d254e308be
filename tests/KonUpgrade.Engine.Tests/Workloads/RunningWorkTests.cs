using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Workloads;

public sealed class RunningWorkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("CronJob.batch", "Job Pod")]
    [InlineData("Deployment.apps", "Pod ReplicaSet")]
    [InlineData("StatefulSet.apps", "Pod")]
    [InlineData("Notebook.kubeflow.org", "DaemonSet Job Pod ReplicaSet StatefulSet")]
    [InlineData("CronWorkflow.argoproj.io", "DaemonSet Job Pod ReplicaSet StatefulSet Workflow")]
    [InlineData("Cluster.kubermatic.k8c.io", "")]
    public void What_is_asked_for_is_what_is_looked_at(string held, string needed)
    {
        var means = HoldRules.For(new SystemCatalog().Get("Kubernetes").Description).Where(m => m.KindAndGroup == held).ToList();
        Assert.Single(means);
        var catalog = new ApiCatalog([Kind("apps", "StatefulSet"), Kind("apps", "DaemonSet"), Kind("argoproj.io", "Workflow")], []);
        Assert.Equal(needed, string.Join(' ', RunningWork.Needed(means, catalog).Select(kind => kind.Kind).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Discovery_is_not_asked_again_just_after_the_plan()
    {
        await using var host = await SandboxFixture.StartAsync();
        await using var connection = await SandboxFixture.ConnectAsync(host, "blue");
        host.Cluster("blue").Seed(
        [
            """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}""",
            """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"nightly","namespace":"shop"},"spec":{"schedule":"0 1 * * *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"job"}]}}}}}}""",
            """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x","namespace":"shop","finalizers":["shop.example/grace"],"ownerReferences":[{"apiVersion":"batch/v1","kind":"Job","name":"gone","uid":"00000000-0000-0000-0000-000000000001","controller":true}]},"spec":{"containers":[{"name":"c","image":"c"}]},"status":{"phase":"Running"}}""",
        ]);
        var changer = new WorkloadChanger(connection, new WorkloadOptions { Means = BuiltInMeans.All, Upgrade = "u" }, NullReporter.Instance);
        await changer.PrepareAsync(Token);
        host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "get", PathPrefix = "/apis", Message = "not twice", Count = null });
        var look = await new RunningWork(connection, changer.Held, inNamespaces: true).FindAsync(jobsOnly: false, _ => false, Token);
        Assert.Equal("Job gone, which is gone", Assert.Single(look.Parts).Of);
        Assert.Empty(look.Unseen);
    }

    private static ApiResource Kind(string group, string kind) => new() { Group = group, Version = "v1", Kind = kind, Plural = $"{kind.ToLowerInvariant()}s", Namespaced = true };
}
