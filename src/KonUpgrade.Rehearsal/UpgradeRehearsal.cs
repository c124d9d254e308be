using System.Diagnostics;
using System.Globalization;
using KonUpgrade.Engine.Connections;
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
    private readonly List<string> _problems = [];

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

        Summarise(clock.Elapsed);
        return _problems.Count == 0;
    }

    private async Task MoveAsync(SandboxHost sandbox, CancellationToken cancellationToken)
    {
        await _display.RunAsync("Furnish blue", _ => FurnishAsync(sandbox.Cluster("blue"), withShop: true));
        await _display.RunAsync("Install green", _ => FurnishAsync(sandbox.Cluster("green"), withShop: false));
        WhenFurnished?.Invoke(sandbox);

        var system = new SystemCatalog(new SystemServices { Roles = new SimulatedRoles() }).Get(SystemName);
        await using var blue = await ConnectAsync(sandbox, "blue", cancellationToken);
        await using var green = await ConnectAsync(sandbox, "green", cancellationToken);

        UpgradePlan? plan = null;
        await _display.RunAsync("Plan the upgrade", async _ =>
        {
            plan = Planned(await UpgradePlanner.PlanAsync(blue, green, system, new UpgradePlanOptions { Name = "rehearsal" }, cancellationToken));
            return Count(plan.Steps.Count, "step");
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
            Expect(sandbox.Cluster("green").Count(KonstellationCrds.Group, "apps") == sandbox.Cluster("blue").Count(KonstellationCrds.Group, "apps"), "Not every app is on green.");
    }

    private async Task UpgradeAsync(UpgradePlan plan, UpgradeSession session, string journal, CancellationToken cancellationToken)
    {
        var place = UpgradeJournal.InFile(journal);
        await using var run = await UpgradeRun.BeginAsync(plan, place, TimeProvider.System, session.Host, cancellationToken);
        var upgrade = await RunAsync("Upgrade blue to green", run, session, new UpgradeRunOptions(), cancellationToken);
        if (options.Break is { } broken)
        {
            Expect(upgrade.Steps.Any(step => step.Id == broken && step.State == UpgradeStepState.Failed), $"The step {broken} did not fail: {upgrade.State}.");
            _display.Line($"{broken} failed, as it was to: {upgrade.Failure?.Message}");
            ((RehearsalHost)session.Host).Mend();
            await _display.RunAsync("Take it back", async reporter =>
            {
                upgrade = await run.UndoAsync(session with { Host = new RehearsalHost(reporter) }, new UpgradeRunOptions(), _ => ValueTask.CompletedTask, cancellationToken);
                return upgrade.State.ToString();
            });
            Show(upgrade);
            Expect(upgrade.State == BlueGreenUpgradeState.Undone, $"The upgrade was not taken back: {upgrade.Reason} {upgrade.Failure}");
            return;
        }

        if (upgrade.State == BlueGreenUpgradeState.AwaitingApproval)
        {
            _display.Line(upgrade.Reason!);
            upgrade = await RunAsync("Go on, with a word", run, session, new UpgradeRunOptions { Approve = [.. Waiting(upgrade)] }, cancellationToken);
        }

        foreach (var failed in upgrade.Steps.Where(step => step.Failure is not null))
            _problems.Add($"{failed.Id}: {failed.Failure}");
        Expect(upgrade.State == BlueGreenUpgradeState.Completed, $"The upgrade is not complete: {upgrade.State}. {upgrade.Reason}");
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
        // In order, since a kind must be there before its objects, and in runs of one writer.
        for (var from = 0; from < objects.Count;)
        {
            var manager = objects[from].FieldManager;
            var run = objects.Skip(from).TakeWhile(o => o.FieldManager == manager).Select(o => o.Json).ToList();
            cluster.Seed(run, manager);
            from += run.Count;
        }

        return Task.FromResult($"{Count(objects.Count, "object")} of {objects.Select(o => o.Kind).Distinct().Count()} kinds");
    }

    private static Task<ClusterConnection> ConnectAsync(SandboxHost sandbox, string context, CancellationToken cancellationToken) =>
        ClusterConnection.OpenAsync(new ClusterTarget(context, sandbox.KubeConfigPath), new ConnectionOptions(), NullReporter.Instance, cancellationToken);

    private void Summarise(TimeSpan elapsed)
    {
        _display.Line();
        foreach (var problem in _problems)
            _display.Problem(problem);
        _display.Line($"The export is in {options.Path}: export.yaml sums it up, left-out.jsonl says what stayed behind and why.");
        _display.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{(_problems.Count == 0 ? "All is as it should be" : $"{Count(_problems.Count, "thing")} not as it should be")}, after {elapsed.TotalSeconds:0.0} seconds."));
    }

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
            _problems.Add(otherwise);
    }

    private static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
