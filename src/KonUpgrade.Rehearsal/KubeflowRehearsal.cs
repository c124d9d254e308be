using System.Diagnostics;
using System.Net;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Aws.Tagging;
using KonUpgrade.Engine.Configuration.Comparing;
using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Configuration.Importing;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Engine.Snapshots.Checking;
using KonUpgrade.Engine.Snapshots.Finding;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;
using KonUpgrade.Rehearsal.Content;
using KonUpgrade.Rehearsal.Display;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Hosting;
using KonUpgrade.Sandbox.Velero;
using Spectre.Console;

namespace KonUpgrade.Rehearsal;

/// <summary>
/// Moves a simulated Kubeflow on AWS from blue to green with the very operations that the cmdlets use: the stores that both
/// clusters share are put into snapshots, the configuration is exported and imported, Velero brings the disks, and both
/// clusters are compared.
/// </summary>
internal sealed class KubeflowRehearsal(RehearsalOptions options, IAnsiConsole console)
{
    private const string Vault = "before-green";

    // What takes AWS and Velero minutes takes parts of a second.
    private const double Speed = 600;

    private readonly PhaseDisplay _display = new(console);
    private readonly RehearsalOutcome _outcome = new();
    private readonly SystemDefinition _system = new SystemCatalog(new SystemServices { Roles = new SimulatedRoles() }).Get(RehearsalOptions.KubeflowAws);

    /// <summary>Done to the clusters when they are furnished.</summary>
    public Action<SandboxHost>? WhenFurnished { get; init; }

    /// <summary>Runs every phase; false when something is not as it should be.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await ExportFolder.CheckAsync(options.Path, cancellationToken);
        _display.Line($"A Kubeflow on AWS moves from blue (Kubernetes {options.BlueVersion}) to green ({options.GreenVersion}), on simulated clusters in a simulated region.");
        _display.Line();
        SandboxHost? sandbox = null;
        try
        {
            await _display.RunAsync("Start clusters and region", async _ =>
            {
                sandbox = await SandboxHost.StartAsync(Simulation(), cancellationToken);
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

    // Green reads the bucket of Velero and writes nothing there, as long as both stand.
    private SandboxOptions Simulation() => new()
    {
        Identity = "rehearsal",
        Clusters =
        [
            new("blue", options.BlueVersion) { Velero = new VeleroInstallation() },
            new("green", options.GreenVersion) { Velero = new VeleroInstallation { AccessMode = "ReadOnly" } },
        ],
        Velero = new VeleroSettings { Speed = Speed },
        Backup = new BackupSettings
        {
            Speed = Speed,
            Resources =
            [
                new($"arn:aws:s3:::{KubeflowCluster.Bucket}"),
                new($"arn:aws:rds:eu-central-1:{KubeflowCluster.Account}:db:{KubeflowCluster.Database}"),
                new($"arn:aws:elasticfilesystem:eu-central-1:{KubeflowCluster.Account}:file-system/{KubeflowCluster.FileSystem}"),
                .. KubeflowCluster.Profiles.Select(profile => new BackupResource($"arn:aws:ec2:eu-central-1:{KubeflowCluster.Account}:volume/{KubeflowCluster.Disk(profile)}")),
            ],
        },
    };

    private async Task MoveAsync(SandboxHost sandbox, CancellationToken cancellationToken)
    {
        await _display.RunAsync("Furnish blue", _ => Task.FromResult(SimulatedClusters.Furnish(
            sandbox.Cluster("blue"), [.. KubeflowCrds.All, .. KubeflowCluster.Installed(), .. KubeflowCluster.Users(), .. KubeflowCluster.Running()])));
        await _display.RunAsync("Install green", _ => Task.FromResult(SimulatedClusters.Furnish(
            sandbox.Cluster("green"), [.. KubeflowCrds.All, .. KubeflowCluster.Installed(), .. KubeflowCluster.Running()])));
        WhenFurnished?.Invoke(sandbox);
        await using var blue = await SimulatedClusters.ConnectAsync(sandbox, "blue", cancellationToken);
        await using var green = await SimulatedClusters.ConnectAsync(sandbox, "green", cancellationToken);

        var snapshots = await SnapshotAsync(sandbox, blue, cancellationToken);
        // Nothing of green touches the stores before all of them can be come back to.
        if (snapshots.Count == 0 || snapshots.Any(snapshot => snapshot.Failure is not null))
            return;
        await ExportAsync(blue, cancellationToken);
        await ImportAsync(green, cancellationToken);
        if (await BackUpAsync(blue, cancellationToken) is not { Complete: true } backup || !await RestoreAsync(green, backup, cancellationToken))
            return;
        await ReleaseAsync(green, cancellationToken);
        await CompareAsync(blue, green, cancellationToken);
    }

    private async Task<List<StateSnapshot>> SnapshotAsync(SandboxHost sandbox, ClusterConnection blue, CancellationToken cancellationToken)
    {
        var aws = new AwsOptions
        {
            Region = sandbox.Eks!.Settings.Region,
            EndpointUrl = sandbox.Eks.Uri,
            Keys = new AwsKeys(sandbox.Eks.Settings.AccessKeyId, new NetworkCredential("", sandbox.Eks.Settings.SecretAccessKey).SecurePassword, null),
        };
        var request = new SnapshotRequest { Name = "before-green", BackupVaultName = Vault, IamRoleArn = sandbox.Backup!.RoleArn };
        var ended = new List<StateSnapshot>();
        await _display.RunAsync("Snapshots of the stores", async reporter =>
        {
            using var client = new BackupClient(aws, reporter);
            using var tagging = new TaggingClient(aws, reporter);
            var taker = new SnapshotTaker(client, tagging, request, reporter);
            var hasVault = await taker.PrepareAsync(cancellationToken);
            var selection = new StoreSelection { Cluster = blue, Databases = [KubeflowCluster.Database], Buckets = [KubeflowCluster.Bucket] };
            var found = await new StoreFinder(aws, tagging, reporter).FindAsync(selection, cancellationToken);
            var stores = await new SnapshotPreflight(aws, aws.Region!, reporter).CheckAsync(found, request.IamRoleArn, cancellationToken);
            if (!hasVault)
                await taker.CreateVaultAsync(cancellationToken);
            var begun = new List<StateSnapshot>();
            foreach (var store in stores)
                begun.Add(await taker.StartAsync(store, cancellationToken));
            await foreach (var one in new SnapshotWaiter(client, reporter).WaitAsync(begun, new SnapshotWaitOptions { Interval = TimeSpan.FromMilliseconds(100) }, cancellationToken))
                ended.Add(one);
            return $"{RehearsalOutcome.Count(ended.Count(one => one.Failure is null), "recovery point")} in the vault {Vault}";
        });
        _display.Table(["Type", "Store", "State"], ended.OrderBy(one => one.ResourceArn, StringComparer.Ordinal).Select(one => (IReadOnlyList<string>)[one.ResourceType ?? "", one.ResourceArn, one.State ?? ""]));
        foreach (var failed in ended.Where(one => one.Failure is not null))
            _outcome.Problem($"{failed.ResourceArn}: {failed.Failure}");
        _outcome.Expect(ended.Count > 0, "No store was found to be put into a snapshot.");
        return ended;
    }

    private Task ExportAsync(ClusterConnection blue, CancellationToken cancellationToken) => _display.RunAsync("Export blue", async reporter =>
    {
        ClusterConfigExport? made = null;
        await foreach (var export in new ConfigExporter(blue, new ExportOptions { Path = options.Path, System = _system.Description, ReplaceExport = true }, reporter).RunAsync(cancellationToken))
            made = export;
        _outcome.Expect(made is { Complete: true }, $"The export is not complete: {string.Join("; ", made?.Failures ?? [])}");
        return $"{RehearsalOutcome.Count(made!.ObjectCount, "object")}, {made.LeftOutCount} left out";
    });

    // Everything that works is held until its disks are there.
    private Task ImportAsync(ClusterConnection green, CancellationToken cancellationToken) => _display.RunAsync("Import into green", async reporter =>
    {
        var source = await ManifestDirectory.OpenAsync(options.Path, cancellationToken);
        var how = new ImportOptions { Volume = VolumeHandling.Static, Hold = WorkloadClass.Serving | WorkloadClass.Scheduled };
        var actions = new SortedDictionary<ClusterConfigChangeAction, int>();
        await foreach (var change in new ConfigImporter(source, green, _system, how, reporter).RunAsync(cancellationToken))
        {
            actions[change.Action] = actions.GetValueOrDefault(change.Action) + 1;
            if (change.Failure is not null)
                _outcome.Problem($"{change}: {change.Failure}");
        }

        return string.Join(", ", actions.Select(action => $"{action.Value} {action.Key}"));
    });

    private async Task<VeleroBackup?> BackUpAsync(ClusterConnection blue, CancellationToken cancellationToken)
    {
        VeleroBackup? backup = null;
        await _display.RunAsync("Velero backs blue up", async reporter =>
        {
            var moved = await SystemView.VeleroOnAsync(blue, _system.Description, cancellationToken);
            var taker = new VeleroBackupTaker(blue, new VeleroBackupRequest { Selection = new VeleroScope { Namespaces = moved!.Namespace, Kinds = moved.IncludedResource } }, reporter);
            var begun = await taker.StartAsync(await taker.PrepareAsync(cancellationToken), cancellationToken);
            await foreach (var one in new VeleroWaiter(blue, reporter).WaitAsync([begun], new VeleroWaitOptions(), cancellationToken))
                backup = one;
            return $"{backup!.Name} {backup.Phase}, {RehearsalOutcome.Count(backup.ItemsDone ?? 0, "item")} of {string.Join(", ", moved.Namespace)}";
        });
        _outcome.Expect(backup is { Failure: null }, $"The backup is not whole: {backup?.Failure}");
        return backup;
    }

    private async Task<bool> RestoreAsync(ClusterConnection green, VeleroBackup backup, CancellationToken cancellationToken)
    {
        VeleroRestore? restore = null;
        await _display.RunAsync("Velero brings it to green", async reporter =>
        {
            var restorer = new VeleroRestorer(green, new VeleroRestoreRequest(), reporter);
            var begun = await restorer.StartAsync(await restorer.PrepareAsync(backup, cancellationToken), cancellationToken);
            await foreach (var one in new VeleroWaiter(green, reporter).WaitAsync([begun], new VeleroWaitOptions(), cancellationToken))
                restore = one;
            return $"{restore!.Phase}, {RehearsalOutcome.Count(restore.ItemsDone ?? 0, "item")}, {restore.Warnings} warnings";
        });
        _outcome.Expect(restore is { Failure: null }, $"The restore is not whole: {restore?.Failure}");
        return restore is { Failure: null };
    }

    private Task ReleaseAsync(ClusterConnection green, CancellationToken cancellationToken) => _display.RunAsync("Green serves", async reporter =>
    {
        var description = await FoundNamespaces.FindAsync(green.Client, _system.Description, cancellationToken);
        var changer = new WorkloadChanger(
            green,
            new WorkloadOptions
            {
                Resume = true,
                Means = HoldRules.Own(description),
                Classes = WorkloadClass.Serving,
                IsProtected = name => HoldRules.IsProtected(description, name),
            },
            reporter);
        await changer.PrepareAsync(cancellationToken);
        var changed = 0;
        await foreach (var change in changer.RunAsync(cancellationToken))
        {
            if (change.Action == WorkloadChangeAction.Resumed)
                changed++;
            else
                _outcome.Problem($"{change.Kind} {change.Namespace}/{change.Name} is {change.Action}: {change.Reason} {change.Failure}");
        }

        foreach (var failure in changer.Failures)
            _outcome.Problem(failure.ToString());
        return $"{RehearsalOutcome.Count(changed, "workload")} released; schedules wait until blue stands still";
    });

    private Task CompareAsync(ClusterConnection blue, ClusterConnection green, CancellationToken cancellationToken) => _display.RunAsync("Compare", async reporter =>
    {
        var comparer = new ConfigComparer(new ClusterSource(blue, reporter), new ClusterSource(green, reporter), new CompareOptions { System = _system }, reporter);
        var count = 0;
        await foreach (var difference in comparer.RunAsync(cancellationToken))
        {
            count++;
            _outcome.Problem($"{difference.State}: {difference.Kind} {difference.Namespace}/{difference.Name} {string.Join(", ", difference.Fields)}");
        }

        foreach (var failure in comparer.Failures)
            _outcome.Problem(failure.ToString());
        return count == 0 ? "the same on both" : RehearsalOutcome.Count(count, "difference");
    });
}
