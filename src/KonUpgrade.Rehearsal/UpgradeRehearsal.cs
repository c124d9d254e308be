using System.Diagnostics;
using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Upgrades;
using KonUpgrade.Engine.Upgrades.Reports;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using KonUpgrade.Rehearsal.Content;
using KonUpgrade.Rehearsal.Display;
using KonUpgrade.Sandbox.Hosting;
using Spectre.Console;

namespace KonUpgrade.Rehearsal;

/// <summary>
/// Moves a simulated system from blue to green by its own plan, with the very operations that the cmdlets use, or lets a
/// step fail and takes everything back; and says whether all of it is as it should be.
/// </summary>
internal sealed class UpgradeRehearsal(RehearsalOptions options, IAnsiConsole console)
{
    private readonly PhaseDisplay _display = new(console);
    private readonly RehearsalOutcome _outcome = new();
    private readonly RehearsedSystem _system = options.System;

    /// <summary>Done to the clusters when they are furnished.</summary>
    public Action<SandboxHost>? WhenFurnished { get; init; }

    /// <summary>Runs every phase; false when something is not as it should be.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await ExportFolder.CheckAsync(options.Path, _system.Name, _system.ExportFolders, cancellationToken);
        _display.Line($"{_system.Words} {_system.Way(options.BlueVersion, options.GreenVersion)}.");
        _display.Line();
        SandboxHost? sandbox = null;
        try
        {
            await _display.RunAsync("Start clusters and region", async _ =>
            {
                sandbox = await SandboxHost.StartAsync(_system.Simulation(options.BlueVersion, options.GreenVersion), cancellationToken);
                await _system.PrepareAsync(sandbox, cancellationToken);
                return string.Join(", ", sandbox.Clusters.Select(c => $"{c.Name} {c.Version}"));
            });
            await MoveAsync(sandbox!, cancellationToken);
        }
        finally
        {
            if (sandbox is not null)
                await sandbox.DisposeAsync();
        }

        _outcome.Show(_display, options.Path, _system.ExportFolders, clock.Elapsed);
        return _outcome.IsGood;
    }

    private async Task MoveAsync(SandboxHost sandbox, CancellationToken cancellationToken)
    {
        foreach (var (phase, cluster, objects) in _system.Furniture(sandbox))
            await _display.RunAsync(phase, _ => Task.FromResult(SimulatedClusters.Furnish(sandbox.Cluster(cluster), objects)));
        _system.Begin(sandbox);
        WhenFurnished?.Invoke(sandbox);
        if (_system.Entrance is not null)
            await _display.RunAsync("Let people come to blue", _ => _system.OpenAsync(sandbox, cancellationToken));

        var aws = SimulatedClusters.LoginOf(sandbox);
        using var iam = new IamClient(aws, NullReporter.Instance);
        var system = new SystemCatalog(new SystemServices { Roles = iam }).Get(_system.Name);
        await using var blue = await SimulatedClusters.ConnectAsync(sandbox, _system.Blue, _system.IsOnEks, cancellationToken);
        await using var green = _system.Green is { } name ? await SimulatedClusters.ConnectAsync(sandbox, name, _system.IsOnEks, cancellationToken) : null;

        UpgradePlan? plan = null;
        await _display.RunAsync("Plan the upgrade", async reporter =>
        {
            plan = Planned(await _system.PlanAsync(sandbox, blue, green, system, reporter, cancellationToken));
            return RehearsalOutcome.Count(plan.Steps.Count, "step");
        });
        var folder = Directory.CreateTempSubdirectory("konupgrade-rehearsal-").FullName;
        try
        {
            var journal = Path.Combine(folder, "upgrade.jsonl");
            var session = new UpgradeSession { Blue = blue, Green = green, System = system, Aws = aws, WorkPath = folder, Host = new RehearsalHost(sandbox, _system, options.Break) };
            await UpgradeAsync(plan!, session, journal, cancellationToken);
            if (options.Report is { } report)
            {
                await _display.RunAsync("Write the report", async _ =>
                {
                    await ReportFile.WriteAsync(UpgradeJournal.InFile(journal), ReportFile.FormatOf(report), _ => folder, report, cancellationToken);
                    return report;
                });
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        if ((options.Break is null ? _system.Lack(sandbox) : _system.LackAfterUndo(sandbox)) is { } lack)
            _outcome.Problem(lack);
    }

    private async Task UpgradeAsync(UpgradePlan plan, UpgradeSession session, string journal, CancellationToken cancellationToken)
    {
        var place = UpgradeJournal.InFile(journal);
        await using var run = await UpgradeRun.BeginAsync(plan, place, TimeProvider.System, session.Host, cancellationToken);
        var upgrade = await RunAsync(_system.Green is null ? $"Upgrade {_system.Blue} in place" : "Upgrade blue to green", run, session, new UpgradeRunOptions(), cancellationToken);
        // Gates are passed with a word. A step that asks by itself has found something that should not be.
        while (Waiting(upgrade) is { Count: > 0 } gates)
        {
            _display.Line(upgrade.Reason!);
            upgrade = await RunAsync("Go on, with a word", run, session, new UpgradeRunOptions { Approve = gates }, cancellationToken);
        }

        if (options.Break is { } broken)
        {
            await TakeBackAsync(upgrade, broken, run, session, cancellationToken);
            return;
        }

        foreach (var failed in upgrade.Steps.Where(step => step.Failure is not null))
            _outcome.Problem($"{failed.Id}: {failed.Failure}");
        _outcome.Expect(upgrade.State == BlueGreenUpgradeState.Completed, $"The upgrade is not complete: {upgrade.State}. {upgrade.Reason}");
    }

    private async Task TakeBackAsync(BlueGreenUpgrade upgrade, string broken, UpgradeRun run, UpgradeSession session, CancellationToken cancellationToken)
    {
        var failed = upgrade.Steps.FirstOrDefault(step => step.Id == broken && step.State == UpgradeStepState.Failed);
        _outcome.Expect(failed is not null, $"The step {broken} did not fail: {upgrade.State}.");
        _display.Line(failed is null ? $"{broken} did not fail." : $"{broken} failed, as it was to: {failed.Failure?.Message}");
        ((RehearsalHost)session.Host).Mend();
        await _display.RunAsync("Take it back", async reporter =>
        {
            upgrade = await run.UndoAsync(session with { Host = new RehearsalHost(reporter) }, new UpgradeRunOptions(), _ => ValueTask.CompletedTask, cancellationToken);
            return upgrade.State.ToString();
        });
        Show(upgrade);
        _outcome.Expect(upgrade.State == BlueGreenUpgradeState.Undone, $"The upgrade was not taken back: {upgrade.Reason} {upgrade.Failure}");
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

        var export = plan.Steps.First(step => step.Kind == "ExportConfig");
        return plan with
        {
            Steps =
            [
                .. plan.Steps.Select(step => step == export ? step with { Setting = new Dictionary<string, string> { ["path"] = options.Path } } : step)
                    .Select(step => options.Break is null ? step : step with { Gate = step.Id == options.Break ? UpgradeGate.Script : UpgradeGate.None })
                    .Select(step => _system.Plays(step) ? step with { Gate = UpgradeGate.Script } : step),
            ],
        };
    }

    private void Show(BlueGreenUpgrade upgrade) =>
        _display.Table(["Step", "State", "What became of it"], upgrade.Steps.Select(step => (IReadOnlyList<string>)[step.Id, step.State.ToString(), step.Failure?.Message ?? step.Result ?? ""]));

    private static IReadOnlyList<string> Waiting(BlueGreenUpgrade upgrade) =>
        [.. upgrade.Steps.Where(step => step is { State: UpgradeStepState.AwaitingApproval, Gate: UpgradeGate.Approval, Attempt: 0 }).Select(step => step.Id)];
}
