using System.Diagnostics;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Upgrades;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using KonUpgrade.Rehearsal.Content;
using KonUpgrade.Rehearsal.Display;
using KonUpgrade.Sandbox.Hosting;
using Spectre.Console;

namespace KonUpgrade.Rehearsal;

/// <summary>
/// Carries the configuration of a simulated blue Konstellation cluster to a green one, phase by phase, with the very
/// operations that the cmdlets use, and says whether all of it is as it should be.
/// </summary>
internal sealed class UpgradeRehearsal(RehearsalOptions options, IAnsiConsole console)
{
    private const string SystemName = "Konstellation";

    private readonly PhaseDisplay _display = new(console);
    private readonly RehearsalOutcome _outcome = new();

    /// <summary>Done to the clusters when they are furnished.</summary>
    public Action<SandboxHost>? WhenFurnished { get; init; }

    /// <summary>Runs every phase; false when something is not as it should be.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await ExportFolder.CheckAsync(options.Path, cancellationToken);
        _display.Line($"A Konstellation cluster moves from blue (Kubernetes {options.BlueVersion}) to green ({options.GreenVersion}), on simulated clusters.");
        _display.Line();
        SandboxHost? sandbox = null;
        try
        {
            await _display.RunAsync("Start the clusters", async _ =>
            {
                sandbox = await SandboxHost.StartAsync(
                    new SandboxOptions { Identity = "rehearsal", Clusters = [new("blue", options.BlueVersion), new("green", options.GreenVersion)] }, cancellationToken);
                return string.Join(", ", sandbox.Clusters.Select(c => $"{c.Name} {c.Version}"));
            });
            await MoveAsync(sandbox!, cancellationToken);
        }
        finally
        {
            if (sandbox is not null)
                await sandbox.DisposeAsync();
        }

        _outcome.Show(_display, options.Path, clock.Elapsed);
        return _outcome.IsGood;
    }

    private async Task MoveAsync(SandboxHost sandbox, CancellationToken cancellationToken)
    {
        await _display.RunAsync("Furnish blue", _ => FurnishAsync(sandbox.Cluster("blue"), withShop: true));
        await _display.RunAsync("Install green", _ => FurnishAsync(sandbox.Cluster("green"), withShop: false));
        WhenFurnished?.Invoke(sandbox);

        var system = new SystemCatalog(new SystemServices { Roles = new SimulatedRoles() }).Get(SystemName);
        await using var blue = await SimulatedClusters.ConnectAsync(sandbox, "blue", cancellationToken);
        await using var green = await SimulatedClusters.ConnectAsync(sandbox, "green", cancellationToken);

        UpgradePlan? plan = null;
        await _display.RunAsync("Plan the upgrade", async _ =>
        {
            plan = Planned(await UpgradePlanner.PlanAsync(blue, green, system, new UpgradePlanOptions { Name = "rehearsal" }, cancellationToken));
            return RehearsalOutcome.Count(plan.Steps.Count, "step");
        });
        var folder = Directory.CreateTempSubdirectory("konupgrade-rehearsal-").FullName;
        try
        {
            await UpgradeAsync(plan!, new UpgradeSession { Blue = blue, Green = green, System = system, WorkPath = folder, Host = new RehearsalHost(sandbox, options.Break) }, Path.Combine(folder, "upgrade.jsonl"), cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        if (options.Break is null)
            _outcome.Expect(sandbox.Cluster("green").Count(KonstellationCrds.Group, "apps") == sandbox.Cluster("blue").Count(KonstellationCrds.Group, "apps"), "Not every app is on green.");
    }

    private async Task UpgradeAsync(UpgradePlan plan, UpgradeSession session, string journal, CancellationToken cancellationToken)
    {
        var place = UpgradeJournal.InFile(journal);
        await using var run = await UpgradeRun.BeginAsync(plan, place, TimeProvider.System, session.Host, cancellationToken);
        var upgrade = await RunAsync("Upgrade blue to green", run, session, new UpgradeRunOptions(), cancellationToken);
        if (options.Break is { } broken)
        {
            _outcome.Expect(upgrade.Steps.Any(step => step.Id == broken && step.State == UpgradeStepState.Failed), $"The step {broken} did not fail: {upgrade.State}.");
            _display.Line($"{broken} failed, as it was to: {upgrade.Failure?.Message}");
            ((RehearsalHost)session.Host).Mend();
            await _display.RunAsync("Take it back", async reporter =>
            {
                upgrade = await run.UndoAsync(session with { Host = new RehearsalHost(reporter) }, new UpgradeRunOptions(), _ => ValueTask.CompletedTask, cancellationToken);
                return upgrade.State.ToString();
            });
            Show(upgrade);
            _outcome.Expect(upgrade.State == BlueGreenUpgradeState.Undone, $"The upgrade was not taken back: {upgrade.Reason} {upgrade.Failure}");
            return;
        }

        if (upgrade.State == BlueGreenUpgradeState.AwaitingApproval)
        {
            _display.Line(upgrade.Reason!);
            upgrade = await RunAsync("Go on, with a word", run, session, new UpgradeRunOptions { Approve = [.. Waiting(upgrade)] }, cancellationToken);
        }

        foreach (var failed in upgrade.Steps.Where(step => step.Failure is not null))
            _outcome.Problem($"{failed.Id}: {failed.Failure}");
        _outcome.Expect(upgrade.State == BlueGreenUpgradeState.Completed, $"The upgrade is not complete: {upgrade.State}. {upgrade.Reason}");
    }

    private async Task<BlueGreenUpgrade> RunAsync(string phase, UpgradeRun run, UpgradeSession session, UpgradeRunOptions how, CancellationToken cancellationToken)
    {
        BlueGreenUpgrade? upgrade = null;
        await _display.RunAsync(phase, async reporter =>
        {
            upgrade = await run.RunAsync(session with { Host = ((RehearsalHost)session.Host).With(reporter) }, how, _ => ValueTask.CompletedTask, cancellationToken);
            return upgrade.State.ToString();
        });
        Show(upgrade!);
        return upgrade!;
    }

    // The export goes where it was asked for; before a step that is to fail, its host is asked.
    private UpgradePlan Planned(UpgradePlan plan)
    {
        if (options.Break is { } step && !RehearsalHost.CanBreak(plan, step))
        {
            throw new UpgradeException(new Failure
            {
                Id = "UnknownStep",
                Kind = FailureKind.InvalidArgument,
                Message = $"'{step}' is no step that can be broken: {string.Join(", ", plan.Steps.Select(s => s.Id).Where(id => RehearsalHost.CanBreak(plan, id)))}.",
            });
        }

        return plan with
        {
            Steps =
            [
                .. plan.Steps.Select(step => step.Id == "export" ? step with { Setting = new Dictionary<string, string> { ["path"] = options.Path } } : step)
                    .Select(step => options.Break is null ? step : step with { Gate = step.Id == options.Break ? UpgradeGate.Script : UpgradeGate.None }),
            ],
        };
    }

    private void Show(BlueGreenUpgrade upgrade) =>
        _display.Table(["Step", "State", "What became of it"], upgrade.Steps.Select(step => (IReadOnlyList<string>)[step.Id, step.State.ToString(), step.Failure?.Message ?? step.Result ?? ""]));

    private static IEnumerable<string> Waiting(BlueGreenUpgrade upgrade) => upgrade.Steps.Where(step => step.State == UpgradeStepState.AwaitingApproval).Select(step => step.Id);

    private static Task<string> FurnishAsync(SandboxCluster cluster, bool withShop)
    {
        List<ClusterObject> objects = [.. KonstellationCrds.All, .. KonstellationCluster.Installed(cluster.Name, cluster.Version.TrimStart('v'))];
        if (withShop)
            objects.AddRange(KonstellationCluster.Shop());
        return Task.FromResult(SimulatedClusters.Furnish(cluster, objects));
    }
}
