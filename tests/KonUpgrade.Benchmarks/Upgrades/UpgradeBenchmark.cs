using System.Diagnostics;
using System.Text.Json.Nodes;
using KonUpgrade.Benchmarks.Upgrades.Scenes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>A whole upgrade of many objects, what its journal costs, and a resume of many steps.</summary>
internal sealed class UpgradeBenchmark(BenchmarkOptions options)
{
    private const int JournaledSteps = 500;
    private const int ResumedSteps = 100;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var sandbox = await SandboxProcess.StartAsync(["blue=1.33", "green=1.34"], TimeSpan.Zero, cancellationToken);
        // Journals are flushed: that has to be on a disk.
        using var disk = new TemporaryDirectory(Path.GetTempPath());
        await JournalAsync(disk.Path);
        await ResumeAsync(sandbox.KubeConfig, disk.Path, cancellationToken);
        using (var client = await RawClient.OpenAsync(sandbox.KubeConfig, "blue", cancellationToken))
        {
            await Scene.PrepareAsync(client, cancellationToken);
            await Scene.FillAsync(client, 0, options.Objects, cancellationToken);
        }

        using var files = new TemporaryDirectory(options.Directory);
        var plan = await PlanAsync(sandbox.KubeConfig, cancellationToken);
        var planned = Path.Combine(disk.Path, "plan.yaml");
        await PlanFile.SaveAsync(plan with { Steps = [.. plan.Steps.Select(step => step with { Gate = UpgradeGate.None })] }, planned, cancellationToken);
        List<string> arguments = [UpgradeChild.Verb, "--kubeconfig", sandbox.KubeConfig, "--plan", planned, "--journal", Path.Combine(disk.Path, "whole.jsonl"), "--work", files.Path];
        var (_, seconds, peak) = await Child.RunAsync(Environment.ProcessPath!, arguments, toFile: null, cancellationToken);
        using (var client = await RawClient.OpenAsync(sandbox.KubeConfig, "green", cancellationToken))
        {
            var last = options.Objects - 1;
            if (!await client.ExistsAsync($"{Widgets.Collection(Widgets.NamespaceOf(last))}/widget-{last:D6}", cancellationToken))
                throw new InvalidOperationException("Green lacks an object of blue.");
        }

        Rows.Print("upgrade.objects", options.Objects);
        Rows.Print("upgrade.seconds", seconds);
        Rows.Print("upgrade.peak_mib", peak);
    }

    private static async Task JournalAsync(string directory)
    {
        await using var journal = await Journal.OpenAsync(FileJournalStore.Open(Path.Combine(directory, "journal.jsonl"), create: true), TimeProvider.System, writes: true, CancellationToken.None);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < JournaledSteps; i++)
            await StepAsync(journal, $"step-{i}");
        Rows.Print("upgrade.journal_ms_a_step", clock.Elapsed.TotalMilliseconds / JournaledSteps);
    }

    // All steps but the last are done. The clock is that of the whole process.
    private static async Task ResumeAsync(string kubeConfig, string directory, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, "resume.jsonl");
        await using (var journal = await Journal.OpenAsync(FileJournalStore.Open(path, create: true), TimeProvider.System, writes: true, cancellationToken))
        {
            var plan = Waiting(await PlanAsync(kubeConfig, cancellationToken));
            await journal.AppendAsync(JournalEvent.Begun, data: new JsonObject { ["format"] = Journal.Format, ["plan"] = PlanJson.Of(plan) });
            foreach (var step in plan.Steps.SkipLast(1))
                await StepAsync(journal, step.Id);
        }

        var (_, seconds, _) = await Child.RunAsync(
            Environment.ProcessPath!, [UpgradeChild.Verb, "--kubeconfig", kubeConfig, "--journal", path, "--work", Path.Combine(directory, "files")], toFile: null, cancellationToken);
        Rows.Print("upgrade.resume_seconds", seconds);
    }

    private static async Task StepAsync(Journal journal, string id)
    {
        await journal.AppendAsync(JournalEvent.StepStarted, id, 1);
        await journal.AppendAsync(JournalEvent.StepCompleted, id, 1, new JsonObject { ["result"] = "17 created, 2 unchanged", ["output"] = new JsonObject { ["path"] = "/work/files" } });
    }

    private static async Task<UpgradePlan> PlanAsync(string kubeConfig, CancellationToken cancellationToken)
    {
        await using var blue = await ClusterConnection.OpenAsync(new ClusterTarget("blue", kubeConfig), new ConnectionOptions(), NullReporter.Instance, cancellationToken);
        await using var green = await ClusterConnection.OpenAsync(new ClusterTarget("green", kubeConfig), new ConnectionOptions(), NullReporter.Instance, cancellationToken);
        // Nothing has nodes here, so that nothing that runs could be well.
        var options = new UpgradePlanOptions { Name = UpgradeScene.Upgrade, Secret = SecretHandling.Include, Omit = ["readiness", "health", "as-well"] };
        return await UpgradePlanner.PlanAsync(blue, green, UpgradeScene.SystemOf(SmallScene.Name, roles: null), options, NullReporter.Instance, cancellationToken);
    }

    private static UpgradePlan Waiting(UpgradePlan plan)
    {
        var wait = plan.Steps.First(step => step.Kind == StepKind.WaitForCluster);
        return plan with { Steps = [.. Enumerable.Range(0, ResumedSteps).Select(i => wait with { Id = $"wait-{i}", After = i == 0 ? [] : [$"wait-{i - 1}"] })] };
    }
}
