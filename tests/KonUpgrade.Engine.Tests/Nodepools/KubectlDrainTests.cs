using System.ComponentModel;
using System.Diagnostics;
using KonUpgrade.Engine.Nodepools.Draining;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>
/// kubectl drain is the measure. Skipped where kubectl is not on the PATH. Its --disable-eviction is not among it: it deletes
/// with a body in protobuf, which the sandbox does not read.
/// </summary>
public sealed class KubectlDrainTests
{
    private const string Scratch = ",\"volumes\":[{\"name\":\"scratch\",\"emptyDir\":{}}]";
    private static readonly string[] s_nodes = ["old-1", "old-2", "old-3", "old-4"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "bare cache-2 proxy proxy proxy proxy tight-4 tight-4 web-1 web-1 web-2 web-2")]
    [InlineData("--delete-emptydir-data", "bare proxy proxy proxy proxy tight-4 tight-4 web-1 web-1")]
    [InlineData("--force --delete-emptydir-data", "proxy proxy proxy proxy tight-4 tight-4")]
    [InlineData("--pod-selector=app=web-1", "bare cache-2 done proxy proxy proxy proxy tight-4 tight-4 web-2 web-2 web-3 web-3 web-4 web-4 web-4")]
    public async Task The_same_drain_by_kubectl_and_by_us_leaves_the_same_pods_gone_and_the_same_refused(string flags, string stays)
    {
        await using var theirs = await LaidOutAsync();
        var (code, output) = await DrainByKubectlAsync(theirs, flags);
        await using var ours = await LaidOutAsync();
        var change = await ours.DrainAsync(Options(flags) with { Timeout = TimeSpan.FromSeconds(6) });
        var left = await LeftAsync(theirs);
        Assert.True(left.SequenceEqual(await LeftAsync(ours)), $"kubectl left {string.Join(' ', left)}\nwe left {string.Join(' ', await LeftAsync(ours))}\n{output}\n{ours.Told.Text}");
        Assert.Equal(code == 0, change.Failure is null);
        Assert.Equal(stays, string.Join(' ', left));
        foreach (var name in s_nodes)
            Assert.Equal((bool?)(await theirs.NodeAsync(name))["spec"]!["unschedulable"], (bool?)(await ours.NodeAsync(name))["spec"]!["unschedulable"]);
        Assert.Equal(0, ours.Plane.BudgetViolations);
    }

    // On each node pods that are only there, and do not come back to another old one.
    private static async Task<LiveCluster> LaidOutAsync()
    {
        var cluster = await LiveCluster.StartAsync(old: 4, @new: 1);
        try
        {
            foreach (var (name, node, replicas, spec) in new[] { ("web-1", 1, 2, ""), ("web-2", 2, 2, ""), ("cache-2", 2, 1, Scratch), ("web-3", 3, 2, ""), ("tight-4", 4, 2, ""), ("web-4", 4, 3, "") })
            {
                await cluster.DeployAsync(name, replicas, $",\"nodeSelector\":{{\"kubernetes.io/hostname\":\"old-{node}\"}}{spec}");
                await cluster.ReadyAsync(name, replicas);
            }
            await cluster.CreateAsync(
                "apps", "DaemonSet",
                """{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"proxy"},"spec":{"selector":{"matchLabels":{"app":"proxy"}},"template":{"metadata":{"labels":{"app":"proxy"}},"spec":{"containers":[{"name":"main","image":"app:1"}]}}}}""");
            await cluster.ReadyAsync("proxy", 5);
            await cluster.PodAsync("bare", "old-1");
            await cluster.PodAsync("done", "old-3", spec: ",\"restartPolicy\":\"Never\"");
            await cluster.EventuallyAsync("a pod is done", async () => (await cluster.ListAsync("Pod")).Any(p => (string?)p["metadata"]!["name"] == "done" && (string?)p["status"]!["phase"] == "Succeeded"));
            await cluster.BudgetAsync("tight", "\"minAvailable\":2", "tight-4");
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private static DrainOptions Options(string flags) => new()
    {
        Force = flags.Contains("--force", StringComparison.Ordinal),
        DeleteEmptyDirData = flags.Contains("--delete-emptydir-data", StringComparison.Ordinal),
        PodSelector = flags.Contains("--pod-selector=", StringComparison.Ordinal) ? flags[(flags.IndexOf('=', StringComparison.Ordinal) + 1)..] : null,
    };

    private static Task<IReadOnlyList<string>> LeftAsync(LiveCluster cluster) => cluster.OnOldAsync();

    private static async Task<(int Code, string Output)> DrainByKubectlAsync(LiveCluster cluster, string flags)
    {
        var start = new ProcessStartInfo("kubectl") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (IEnumerable<string>)[
            "--kubeconfig", cluster.Host.KubeConfigPath, "--context", "live", "drain", .. s_nodes, "--ignore-daemonsets", "--timeout=6s", .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)])
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
