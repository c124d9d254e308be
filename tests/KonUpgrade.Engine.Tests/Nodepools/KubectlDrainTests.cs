using System.ComponentModel;
using System.Diagnostics;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Tests.Support;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>
/// kubectl drain is the measure. Skipped where kubectl is not on the PATH. Its --disable-eviction is tried on real servers
/// alone: it deletes with a body in protobuf, which the sandbox does not read.
/// </summary>
public sealed class KubectlDrainTests
{
    private const string Scratch = ",\"volumes\":[{\"name\":\"scratch\",\"emptyDir\":{}}]";
    private const int OldNodes = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "bare cache-2 proxy proxy proxy proxy tight-4 tight-4 web-1 web-1 web-2 web-2")]
    [InlineData("--delete-emptydir-data", "bare proxy proxy proxy proxy tight-4 tight-4 web-1 web-1")]
    [InlineData("--force --delete-emptydir-data", "proxy proxy proxy proxy tight-4 tight-4")]
    [InlineData("--pod-selector=app=web-1", "bare cache-2 done proxy proxy proxy proxy tight-4 tight-4 web-2 web-2 web-3 web-3 web-4 web-4 web-4")]
    public async Task The_same_drain_by_kubectl_and_by_us_leaves_the_same_pods_gone_and_the_same_refused(string flags, string stays)
    {
        await using var theirs = await LiveCluster.StartAsync(old: OldNodes, @new: 1);
        await using var ours = await LiveCluster.StartAsync(old: OldNodes, @new: 1);
        // Each has a cluster of its own: what one waits for does not hold up the other.
        await CompareAsync(theirs, ours, flags, stays, atOnce: true);
        Assert.Equal(0, ours.Plane.BudgetViolations);
    }

    [Theory]
    [InlineData(0, "", "bare cache-2 proxy proxy proxy proxy tight-4 tight-4 web-1 web-1 web-2 web-2")]
    [InlineData(1, "--delete-emptydir-data", "bare proxy proxy proxy proxy tight-4 tight-4 web-1 web-1")]
    [InlineData(2, "--force --delete-emptydir-data", "proxy proxy proxy proxy tight-4 tight-4")]
    [InlineData(3, "--pod-selector=app=web-1", "bare cache-2 done proxy proxy proxy proxy tight-4 tight-4 web-2 web-2 web-3 web-3 web-4 web-4 web-4")]
    [InlineData(4, "--disable-eviction --force --delete-emptydir-data", "proxy proxy proxy proxy")]
    [InlineData(5, "--disable-eviction --delete-emptydir-data --grace-period=0", "bare proxy proxy proxy proxy web-1 web-1")]
    public async Task And_so_it_does_on_a_real_server(int number, string flags, string stays)
    {
        var contexts = await RealClusters.ContextsAsync();
        Assert.SkipWhen(contexts.Count == 0, "needs a real server without nodes, in a kubeconfig named by KONUPGRADE_TEST_KUBECONFIG");
        // Each server in its turn.
        var context = contexts[number % contexts.Count];
        await using var theirs = await PlayedCluster.StartAsync(context, OldNodes);
        await using var ours = await PlayedCluster.StartAsync(context, OldNodes);
        await CompareAsync(theirs, ours, flags, stays, atOnce: false);
    }

    private static async Task CompareAsync(DrainableCluster theirs, DrainableCluster ours, string flags, string stays, bool atOnce)
    {
        var kubectl = DrainTheirsAsync();
        if (!atOnce)
            await kubectl;
        await LayOutAsync(ours);
        var change = await ours.DrainAsync(Options(flags) with { Timeout = TimeSpan.FromSeconds(6) });
        var (code, output) = await kubectl;
        var left = await theirs.OnOldAsync();
        Assert.True(left.SequenceEqual(await ours.OnOldAsync()), $"kubectl left {string.Join(' ', left)}\nwe left {string.Join(' ', await ours.OnOldAsync())}\n{output}\n{ours.Told.Text}");
        Assert.Equal(code == 0, change.Failure is null);
        Assert.Equal(stays, string.Join(' ', left));
        for (var number = 1; number <= OldNodes; number++)
            Assert.Equal((bool?)(await theirs.NodeAsync(theirs.Old(number)))["spec"]!["unschedulable"], (bool?)(await ours.NodeAsync(ours.Old(number)))["spec"]!["unschedulable"]);

        async Task<(int Code, string Output)> DrainTheirsAsync()
        {
            await LayOutAsync(theirs);
            return await DrainByKubectlAsync(theirs, flags);
        }
    }

    // On each node pods that are only there, and do not come back to another old one.
    private static async Task LayOutAsync(DrainableCluster cluster)
    {
        foreach (var (name, node, replicas, spec) in new[] { ("web-1", 1, 2, ""), ("web-2", 2, 2, ""), ("cache-2", 2, 1, Scratch), ("web-3", 3, 2, ""), ("tight-4", 4, 2, ""), ("web-4", 4, 3, "") })
        {
            await cluster.DeployAsync(name, replicas, $",\"nodeSelector\":{{\"kubernetes.io/hostname\":\"{cluster.Old(node)}\"}}{spec}");
            await cluster.ReadyAsync(name, replicas);
        }
        await cluster.DaemonAsync("proxy");
        await cluster.ReadyAsync("proxy", OldNodes);
        await cluster.PodAsync("bare", cluster.Old(1));
        await cluster.PodAsync("done", cluster.Old(3), spec: ",\"restartPolicy\":\"Never\"");
        await cluster.EventuallyAsync("a pod is done", async () => (await cluster.ListAsync("Pod")).Any(p => (string?)p["metadata"]!["name"] == "done" && (string?)p["status"]!["phase"] == "Succeeded"));
        await cluster.BudgetAsync("tight", "\"minAvailable\":2", "tight-4");
    }

    private static DrainOptions Options(string flags) => new()
    {
        Force = flags.Contains("--force", StringComparison.Ordinal),
        DisableEviction = flags.Contains("--disable-eviction", StringComparison.Ordinal),
        GracePeriodSecond = flags.Contains("--grace-period=0", StringComparison.Ordinal) ? 0 : -1,
        DeleteEmptyDirData = flags.Contains("--delete-emptydir-data", StringComparison.Ordinal),
        PodSelector = flags.Contains("--pod-selector=", StringComparison.Ordinal) ? flags[(flags.IndexOf('=', StringComparison.Ordinal) + 1)..] : null,
    };

    private static async Task<(int Code, string Output)> DrainByKubectlAsync(DrainableCluster cluster, string flags)
    {
        var start = new ProcessStartInfo("kubectl") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (IEnumerable<string>)[
            "--kubeconfig", cluster.KubeConfigPath, "--context", cluster.Connection.Context.Name, "drain", .. Enumerable.Range(1, OldNodes).Select(cluster.Old), "--ignore-daemonsets", "--timeout=6s", .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)])
            start.ArgumentList.Add(argument);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("kubectl is not on the PATH.");
            throw;
        }
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync(Token);
            var errors = process.StandardError.ReadToEndAsync(Token);
            await process.WaitForExitAsync(Token);
            return (process.ExitCode, $"{await output}{await errors}");
        }
    }
}
