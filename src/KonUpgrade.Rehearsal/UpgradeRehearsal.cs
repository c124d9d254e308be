using System.Diagnostics;
using System.Globalization;
using KonUpgrade.Engine.Configuration.Comparing;
using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Configuration.Importing;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Workloads;
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

        ClusterConfigExport? export = null;
        await _display.RunAsync("Export blue", async reporter =>
        {
            var exporter = new ConfigExporter(blue, new ExportOptions { Path = options.Path, System = system.Description }, reporter);
            try
            {
                await foreach (var made in exporter.RunAsync(cancellationToken))
                    export = made;
            }
            catch (UpgradeException e) when (e.Failure.Id == "OtherExport")
            {
                throw ExportFolder.InUse(options.Path, "holds the export of another cluster", e);
            }

            return $"{Count(export!.ObjectCount, "object")} written, {export.LeftOutCount} left out with their reasons";
        });
        Expect(export!.Complete, "The export is not complete: " + string.Join("; ", export.Failures));

        List<ClusterConfigChange> changes = [];
        await _display.RunAsync("Import into green", async reporter =>
        {
            var directory = await ManifestDirectory.OpenAsync(options.Path, cancellationToken);
            var importer = new ConfigImporter(directory, green, system, new ImportOptions { Hold = WorkloadClass.All }, reporter);
            await importer.PrepareAsync(cancellationToken);
            await foreach (var change in importer.RunAsync(cancellationToken))
                changes.Add(change);
            return string.Join(", ", changes.GroupBy(c => c.Action).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}"));
        });
        _display.Table(["Kind", "Action", "Count", "Why"], Rows(changes));
        foreach (var failed in changes.Where(c => c.Action == ClusterConfigChangeAction.Failed))
            _problems.Add($"{failed.Kind} {failed.Name}: {failed.Failure}");
        Expect(changes.Count(c => c is { Kind: "App", Action: ClusterConfigChangeAction.Created }) == sandbox.Cluster("blue").Count(KonstellationCrds.Group, "apps"), "Not every app was created on green.");

        List<ClusterConfigDifference> differences = [];
        await _display.RunAsync("Compare blue and green", async reporter =>
        {
            var comparer = new ConfigComparer(new ClusterSource(blue, reporter), new ClusterSource(green, reporter), new Engine.Configuration.Comparing.CompareOptions { System = system }, reporter);
            await foreach (var difference in comparer.RunAsync(cancellationToken))
                differences.Add(difference);
            _problems.AddRange(comparer.Failures.Select(f => f.ToString()));
            return differences.Count == 0 ? $"{Count(comparer.ObjectCount, "object")} looked at, all the same" : Count(differences.Count, "difference");
        });
        if (differences.Count > 0)
            _display.Table(["Kind", "Name", "State", "Fields"], differences.Select(d => (IReadOnlyList<string>)[d.Kind, d.Name, d.State.ToString(), string.Join(", ", d.Fields.Select(f => f.Path))]));
        foreach (var difference in differences)
            _problems.Add($"{difference.Kind} {difference.Name} is {difference.State} on green: {string.Join(", ", difference.Fields.Select(f => f.Path))}");

        var held = changes.Where(c => c.Held is not null).ToList();
        List<WorkloadChange> released = [];
        await _display.RunAsync("Release what was held", async reporter =>
        {
            var changer = new WorkloadChanger(green, new WorkloadOptions { Resume = true, Means = HoldRules.For(system.Description) }, reporter);
            await foreach (var change in changer.RunAsync(cancellationToken))
                released.Add(change);
            _problems.AddRange(changer.Failures.Select(f => f.ToString()));
            return $"{Count(held.Count, "workload")} arrived held, {released.Count(c => c.Action == WorkloadChangeAction.Resumed)} released";
        });
        _display.Table(["Kind", "Held by", "Released to", "Count"], Rows(released));
        foreach (var failed in released.Where(c => c.Action != WorkloadChangeAction.Resumed))
            _problems.Add($"{failed.Kind} {failed.Name} was not released: {failed.Reason}");
        Expect(held.Count > 0 && released.Count == held.Count, $"{Count(held.Count, "workload")} arrived held, and {released.Count} were released.");
    }

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

    private static IEnumerable<IReadOnlyList<string>> Rows(IEnumerable<ClusterConfigChange> changes) =>
        from change in changes
        group change by (change.Kind, change.Action, Why: change.Action is ClusterConfigChangeAction.Created ? null : change.Reason) into same
        orderby same.Key.Kind, same.Key.Action
        select (IReadOnlyList<string>)[same.Key.Kind, same.Key.Action.ToString(), same.Count().ToString(CultureInfo.InvariantCulture), same.Key.Why ?? ""];

    private static IEnumerable<IReadOnlyList<string>> Rows(IEnumerable<WorkloadChange> released) =>
        from change in released
        from field in change.Fields
        group field by (change.Kind, Held: $"{field.Path[(field.Path.LastIndexOf('.') + 1)..]}: {field.Before}", To: field.After ?? "nothing, as it was") into same
        orderby same.Key.Kind, same.Key.Held
        select (IReadOnlyList<string>)[same.Key.Kind, same.Key.Held, same.Key.To, same.Count().ToString(CultureInfo.InvariantCulture)];

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
