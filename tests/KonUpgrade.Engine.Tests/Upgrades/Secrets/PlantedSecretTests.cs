using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Upgrades.Secrets;

/// <summary>No secret leaves the place where a user keeps it, or chose to have it kept.</summary>
public sealed class PlantedSecretTests
{
    [Fact]
    public async Task Whatever_fails_and_is_gone_on_with_and_taken_back_tells_no_secret()
    {
        await using var scene = await PlantedScene.StartAsync();
        var plan = await scene.PlanAsync(SecretHandling.Include);
        // A server quotes what it refuses.
        var quoting = new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 422, Reason = "Invalid", Message = $"Secret \"planted\" is invalid: data: Invalid value: \"{scene.Data.Value}\": must not be this, nor \"{scene.Changed.Value}\"" };
        var refusing = new SandboxFault { Kind = FaultKind.Refuse };
        scene.ChangeSecretBefore("stop-blue");
        scene.Break("export", refusing with { Cluster = "blue", Verb = "list", Resource = "secrets" });
        scene.Break("snapshot", refusing with { Verb = "StartBackupJob" });
        scene.Break("import", quoting with { Cluster = "green", Verb = "create", Resource = "secrets" });
        scene.Break("trust", refusing with { Verb = "UpdateAssumeRolePolicy" });
        scene.Break("back-up", refusing with { Cluster = "blue", Verb = "create", Resource = "backups" });
        scene.Break("restore", refusing with { Cluster = "green", Verb = "create", Resource = "restores" });
        scene.Break("catch-up", quoting with { Cluster = "green", Verb = "patch", Resource = "secrets" });
        scene.Break("serve", refusing with { Cluster = "green", Verb = "patch", Resource = "notebooks" });
        scene.Break("traffic", refusing with { Verb = "ChangeResourceRecordSets" });
        await scene.ReportFailuresAsync(plan, "export", "snapshot", "import", "trust", "back-up", "restore", "catch-up", "serve", "traffic");
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.RunAsync(plan)).State);
        await scene.ReportAsync();
        scene.Host.Faults.Add(quoting with { Cluster = "green", Verb = "delete", Resource = "secrets", Count = null });
        Assert.Equal(BlueGreenUpgradeState.UndoFailed, (await scene.UndoAsync()).State);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        await scene.ReportAsync();

        AssertUntold(scene);
        // Where the user chose to have them, they are, and nowhere else: in the first export, and in one of what came later.
        Assert.Equal(["files/export/core/Secret/anna/planted.yaml"], scene.FilesWith(scene.Data));
        Assert.Equal(["files/catch-up/core/Secret/anna/planted.yaml"], scene.FilesWith(scene.Changed));
        Assert.Equal(["files/catch-up/core/Secret/anna/planted.yaml", "files/export/core/Secret/anna/planted.yaml"], scene.FilesWith(scene.Applied));
    }

    [Theory]
    [InlineData(SecretHandling.Skip)]
    [InlineData(SecretHandling.Encrypt)]
    public async Task A_Secret_that_is_not_to_be_seen_is_in_no_file(SecretHandling handling)
    {
        // The journal is in a cluster, where more people read.
        await using var scene = await PlantedScene.StartAsync(inCluster: true);
        var plan = await scene.PlanAsync(handling);
        scene.ChangeSecretBefore("stop-blue");
        var upgrade = await scene.RunAsync(plan);
        Assert.True(upgrade.State == BlueGreenUpgradeState.Completed, $"{upgrade.Reason} {upgrade.Failure}");
        await scene.ReportAsync();
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        await scene.ReportAsync();

        AssertUntold(scene);
        Assert.Empty(scene.FilesWith(scene.Data));
        Assert.Empty(scene.FilesWith(scene.Changed));
        Assert.Empty(scene.FilesWith(scene.Applied));
    }

    private static void AssertUntold(PlantedScene scene)
    {
        var told = scene.Told();
        foreach (var planted in scene.All)
            Assert.False(planted.IsIn(told), $"{planted.Where} is told: {Around(told, planted.Value)}");
        foreach (var planted in scene.Hidden)
            Assert.Empty(scene.FilesWith(planted));
        // What somebody wrote into a container's environment travels as they wrote it, with that object and nowhere else.
        Assert.All(scene.FilesWith(scene.Env), file => Assert.Matches(@"^files/.*/(Notebook|Deployment)/anna/planted\.yaml$", file));
        Assert.NotEmpty(scene.FilesWith(scene.Env));
    }

    private static string Around(string text, string value)
    {
        var at = text.IndexOf(value, StringComparison.Ordinal);
        return at < 0 ? "(in base64)" : text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 100)];
    }
}
