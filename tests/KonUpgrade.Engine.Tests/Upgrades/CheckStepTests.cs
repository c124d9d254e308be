using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Hosting;
using static KonUpgrade.Engine.Tests.Upgrades.TestPlans;

namespace KonUpgrade.Engine.Tests.Upgrades;

/// <summary>Steps that look whether all is well: blue's three Pods never start without a node.</summary>
public sealed class CheckStepTests : IAsyncDisposable
{
    private UpgradeScene _scene = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_stands_in_the_way_is_asked_about_and_what_is_approved_is_that_alone()
    {
        await StartAsync();
        SeedVolume();
        var asked = await _scene.InvokeAsync(await PlanAsync(Step("ready", StepKind.TestReadiness, target: UpgradeSide.None, setting: ("include", "VolumesMovable,NodesReady"))));
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, asked.State);
        Assert.Contains("blocking: VolumesMovable", asked.Steps[0].Result, StringComparison.Ordinal);
        Assert.Equal(BlueGreenUpgradeState.Completed, (await _scene.ResumeAsync(new() { Approve = ["ready"] })).State);
    }

    [Theory]
    [InlineData("Fail", BlueGreenUpgradeState.Failed)]
    [InlineData("Report", BlueGreenUpgradeState.Completed)]
    public async Task The_plan_says_what_becomes_of_it(string decision, BlueGreenUpgradeState state)
    {
        await StartAsync();
        SeedVolume();
        var ended = await _scene.InvokeAsync(await PlanAsync(Step("ready", StepKind.TestReadiness, target: UpgradeSide.None, setting: [("include", "VolumesMovable"), ("onNotReady", decision)])));
        Assert.Equal(state, ended.State);
        Assert.Equal(decision == "Fail" ? "NotReady" : null, ended.Failure?.Id);
        Assert.True(File.Exists(ended.Steps[0].Output["checksPath"]));
    }

    [Fact]
    public async Task A_cluster_is_waited_for_until_it_is_well()
    {
        await StartAsync();
        var running = _scene.InvokeAsync(await PlanAsync(Step("well", StepKind.TestHealth, target: UpgradeSide.Blue, setting: [("include", "WorkloadsAvailable"), ("timeout", "1m")])));
        await _scene.Host.Cluster("blue").DataPlane!.AddNodeAsync(new NodeShape { Name = "late" }, Token);
        Assert.Equal(BlueGreenUpgradeState.Completed, (await running).State);
    }

    [Fact]
    public async Task A_preview_of_what_blocks_now_says_so_where_earlier_steps_may_mend_it()
    {
        await StartAsync();
        var well = Step("well", StepKind.TestHealth, target: UpgradeSide.Blue, setting: ("include", "WorkloadsAvailable"));
        var nodes = Step("nodes", StepKind.External, target: UpgradeSide.Blue, setting: [("task", "Give blue a node."), ("probe", "true")]) with { Risk = UpgradeRisk.Low };
        var alone = Assert.Single(await _scene.PreviewAsync(await PlanAsync(well)));
        Assert.Contains("blocking: WorkloadsAvailable", alone.Result, StringComparison.Ordinal);
        Assert.DoesNotContain("Now, without", alone.Result, StringComparison.Ordinal);
        var after = (await _scene.PreviewAsync(await PlanAsync(nodes, well with { After = ["nodes"] })))[1];
        Assert.Equal($"Now, without what the steps before it bring: {alone.Result}", after.Result);
    }

    [Fact]
    public async Task A_soak_ends_with_the_first_fault_that_lasts()
    {
        await StartAsync();
        var ended = await _scene.InvokeAsync(await PlanAsync(Soak("1h")));
        Assert.Equal(BlueGreenUpgradeState.Failed, ended.State);
        Assert.Equal("SoakNotHealthy", ended.Failure!.Id);
        Assert.Contains("after 2 looks", ended.Steps[0].Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_soak_that_is_resumed_goes_on_with_the_rest_of_its_time()
    {
        await StartAsync();
        await _scene.Host.Cluster("blue").DataPlane!.AddNodeAsync(new NodeShape { Name = "early" }, Token);
        await _scene.InvokeAsync(await PlanAsync(Step("well", StepKind.TestHealth, target: UpgradeSide.Blue, setting: ("include", "WorkloadsAvailable")), Soak("2s", after: "well")), new() { MaxDuration = TimeSpan.FromSeconds(1) });
        var ended = await _scene.ResumeAsync();
        Assert.Equal(BlueGreenUpgradeState.Completed, ended.State);
        Assert.Single((await File.ReadAllLinesAsync(_scene.JournalFile, Token)), line => line.Contains("\"since\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Volumes_are_waited_for_and_what_waits_for_a_pod_is_told()
    {
        await StartAsync();
        _scene.Host.Cluster("blue").Seed([StorageClass("late", "WaitForFirstConsumer"), StorageClass("soon", "Immediate"), Claim("notes", "late"), Claim("photos", "soon")], "kubectl");
        var running = _scene.InvokeAsync(await PlanAsync(Step("volumes", StepKind.WaitForVolumes, target: UpgradeSide.Blue, setting: ("timeout", "30s"))));
        await Task.WhenAny(running, Task.Run(async () =>
        {
            while (!_scene.Reports.Reporter.Of("verbose").Any(line => line.Contains("waiting for 1 checks (ClaimsBound)", StringComparison.Ordinal)) && !running.IsCompleted)
                await Task.Delay(20, Token);
        }, Token));
        Assert.False(running.IsCompleted);
        _scene.Host.Cluster("blue").Seed(["""{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"disk-photos"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/data"},"claimRef":{"namespace":"shop","name":"photos"}}}"""], "kubectl");
        var ended = await running;
        Assert.True(ended.State == BlueGreenUpgradeState.Completed, $"{ended.Failure} {ended.Reason} {ended.Steps[0].Result}");
        Assert.Contains("1 wait for a Pod that wants them", ended.Steps[0].Result, StringComparison.Ordinal);
        Assert.Contains("shop/notes", ended.Steps[0].Result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Approve", BlueGreenUpgradeState.AwaitingApproval)]
    [InlineData("", "Fail", BlueGreenUpgradeState.Failed)]
    [InlineData("shop/photos", "Fail", BlueGreenUpgradeState.Failed)]
    [InlineData("shop/notes", "Fail", BlueGreenUpgradeState.Completed)]
    [InlineData("shop/nobody", "Fail", BlueGreenUpgradeState.Failed)]
    public async Task Volumes_that_do_not_come_are_asked_about_or_end_it(string claims, string decision, BlueGreenUpgradeState state)
    {
        await StartAsync();
        _scene.Host.Cluster("blue").Seed([StorageClass("late", "WaitForFirstConsumer"), StorageClass("soon", "Immediate"), Claim("notes", "late"), Claim("photos", "soon")], "kubectl");
        List<(string, string)> setting = [("timeout", "500ms"), ("onNotBound", decision)];
        if (claims.Length > 0)
            setting.Add(("claims", claims));
        var ended = await _scene.InvokeAsync(await PlanAsync(Step("volumes", StepKind.WaitForVolumes, target: UpgradeSide.Blue, setting: [.. setting])));
        Assert.Equal(state, ended.State);
        Assert.Equal(state == BlueGreenUpgradeState.Failed ? "VolumesNotBound" : null, ended.Failure?.Id);
    }

    [Fact]
    public void Every_plan_waits_for_volumes_before_it_releases_what_serves()
    {
        var catalog = new Engine.Systems.SystemCatalog();
        foreach (var system in catalog.All.Select(one => catalog.Get(one.Name)).Where(one => one.Family is null))
        {
            var steps = UpgradePlanner.StepsOf(system);
            Assert.Contains("volumes", steps.Single(step => step.Id == "serve").After);
            Assert.Contains(steps, step => step.Kind == StepKind.WaitForVolumes);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_scene is not null)
            await _scene.DisposeAsync();
    }

    private static UpgradeStep Soak(string duration, string? after = null) =>
        Step("soak", StepKind.Soak, after is null ? null : [after], UpgradeSide.Blue, ("duration", duration), ("interval", "50ms"), ("include", "WorkloadsAvailable"));

    private async Task StartAsync() => _scene = await UpgradeScene.StartAsync(with: options => options with
    {
        Clusters = [new SandboxClusterOptions("blue", "1.32") { DataPlane = new DataPlaneSettings { Speed = 100 } }, new SandboxClusterOptions("green", "1.34")],
    });

    private static string StorageClass(string name, string mode) =>
        """{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"NAME_"},"provisioner":"nobody.example.com","volumeBindingMode":"MODE_"}""".Replace("NAME_", name, StringComparison.Ordinal).Replace("MODE_", mode, StringComparison.Ordinal);

    private static string Claim(string name, string storage) =>
        """{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"NAME_","namespace":"shop"},"spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"CLASS_","volumeName":"disk-NAME_","resources":{"requests":{"storage":"1Gi"}}},"status":{"phase":"Pending"}}"""
            .Replace("NAME_", name, StringComparison.Ordinal).Replace("CLASS_", storage, StringComparison.Ordinal);

    // A disk of one node can't be moved.
    private void SeedVolume() => _scene.Host.Cluster("blue").Seed(
    [
        """{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"disk"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/data"},"claimRef":{"namespace":"shop","name":"data"}},"status":{"phase":"Bound"}}""",
        """{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"shop"},"spec":{"accessModes":["ReadWriteOnce"],"volumeName":"disk","resources":{"requests":{"storage":"1Gi"}}},"status":{"phase":"Bound"}}""",
    ], "kubectl");

    private async Task<UpgradePlan> PlanAsync(params UpgradeStep[] steps) => await _scene.PlanAsync() with { Steps = steps };
}
