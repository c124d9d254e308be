using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Upgrades;

public sealed class UpgradePreviewTests
{
    [Fact]
    public async Task A_preview_copies_no_secret_lets_nobody_look_and_leaves_nothing_behind()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync(new UpgradePlanOptions { Secret = SecretHandling.Include });
        string? folder = null;
        var steps = await scene.PreviewAsync(plan, step =>
        {
            if (step.Id != "import")
                return;
            folder = Assert.Single(Directory.EnumerateDirectories(Path.GetTempPath(), "konupgrade-*"), name => IsOf(name, plan.Blue.ClusterUid));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
            Assert.NotEmpty(Directory.EnumerateFiles(folder, "web.yaml", SearchOption.AllDirectories));
            Assert.Empty(Directory.EnumerateDirectories(folder, "Secret", SearchOption.AllDirectories));
            Assert.DoesNotContain(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains("planted-4711", StringComparison.Ordinal));
        });
        Assert.NotNull(folder);
        Assert.False(Directory.Exists(folder));
        Assert.EndsWith("Secrets are exported too, and left out of this preview", Result(steps, "export"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(scene.WorkPath) || File.Exists(scene.JournalFile));
    }

    [Fact]
    public async Task A_preview_tells_how_many_of_what_arrives_held_each_release_gives_back()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var steps = await scene.PreviewAsync(await scene.PlanAsync(withScaleDown: true));
        Assert.All(steps, step => Assert.Null(step.Failure));
        Assert.StartsWith("1 to be resumed, ", Result(steps, "serve"), StringComparison.Ordinal);
        Assert.EndsWith("(held by steps before it: 1)", Result(steps, "serve"), StringComparison.Ordinal);
        Assert.StartsWith("0 to be resumed, ", Result(steps, "serve-late"), StringComparison.Ordinal);
        Assert.EndsWith(", beside what 'catch-up' brings", Result(steps, "serve-late"), StringComparison.Ordinal);
        Assert.StartsWith("1 to be resumed, ", Result(steps, "schedule"), StringComparison.Ordinal);
        Assert.StartsWith("1 to be suspended, ", Result(steps, "quiesce-blue"), StringComparison.Ordinal);
        Assert.All(steps.Where(step => step.Id is "compare" or "catch-up"), step => Assert.Equal(step.Changes, step.Result));
    }

    [Fact]
    public async Task A_preview_of_a_release_does_not_count_what_stays_held_since_its_data_is_not_there()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed(
        [
            """{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data-db-0","namespace":"shop"},"spec":{"accessModes":["ReadWriteOnce"],"volumeName":"v","resources":{"requests":{"storage":"1Gi"}}},"status":{"phase":"Bound"}}""",
            """{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"shop"},"spec":{"serviceName":"db","replicas":1,"selector":{"matchLabels":{"app":"db"}},"template":{"metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"name":"c","image":"db:1"}]}},"volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]}}""",
        ], "helm");
        var steps = await scene.PreviewAsync(await scene.PlanAsync());
        Assert.Contains("3 held", Result(steps, "import"), StringComparison.Ordinal);
        Assert.StartsWith("1 to be resumed, ", Result(steps, "serve"), StringComparison.Ordinal);
        Assert.EndsWith("; 1 that come stay held, since their data is not there or they act outside", Result(steps, "serve"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_of_what_is_left_counts_what_the_upgrade_holds_already()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["serve"] });
        var steps = await scene.PreviewAsync();
        Assert.Equal("serve", steps[0].Id);
        Assert.StartsWith("1 to be resumed, ", steps[0].Result, StringComparison.Ordinal);
        Assert.StartsWith("0 to be resumed, ", Result(steps, "serve-late"), StringComparison.Ordinal);
        Assert.StartsWith("1 to be resumed, ", Result(steps, "schedule"), StringComparison.Ordinal);
        Assert.Equal((true, 0), (await scene.IsSuspendedAsync("green"), await scene.ReplicasAsync("green")));
    }

    [Theory]
    [InlineData(60, 5, 55)]
    [InlineData(60, 55, 10)]
    [InlineData(60, 61, 10)]
    [InlineData(1, 0, 10)]
    public void The_way_back_has_what_is_left_of_the_time_and_ten_minutes_at_least(int most, int used, int left)
    {
        var options = new UpgradeRunOptions { MaxDuration = TimeSpan.FromMinutes(most), Approve = ["serve"], Gates = ["serve"] }.ToUndo(TimeSpan.FromMinutes(used));
        Assert.Equal(TimeSpan.FromMinutes(left), options.MaxDuration);
        Assert.Empty(options.Approve.Concat(options.Gates));
        Assert.Null(new UpgradeRunOptions().ToUndo(TimeSpan.FromMinutes(used)).MaxDuration);
    }

    private static bool IsOf(string folder, string clusterUid)
    {
        try
        {
            var export = Path.Combine(folder, "export", "export.yaml");
            return File.Exists(export) && File.ReadAllText(export).Contains(clusterUid, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another one's, or gone by now.
            return false;
        }
    }

    private static string? Result(IReadOnlyList<UpgradeStep> steps, string id) => steps.Single(step => step.Id == id).Result;
}
