using System.Globalization;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Aws.Tagging;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Engine.Snapshots.Checking;
using KonUpgrade.Engine.Snapshots.Finding;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.State;

/// <summary>Puts the stores outside the clusters into a state that can be come back to, and proves that it is there.</summary>
internal sealed class TakeSnapshotWork : IStepWork
{
    /// <summary>The output that names the snapshot.</summary>
    public const string NameOutput = "snapshot";

    /// <inheritdoc/>
    public string Kind => StepKind.TakeSnapshot;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        using var service = new Service(run);
        var request = RequestOf(run);
        var taker = new SnapshotTaker(service.Backup, service.Tagging, request, run.Reporter, run.Time);
        var hasVault = await HasVaultAsync(run, taker, cancellationToken).ConfigureAwait(false);
        // All that can be known is known before anything is made, the vault too.
        var stores = await service.StoresAsync(run, request, cancellationToken).ConfigureAwait(false);
        if (!hasVault)
        {
            run.Session.Guard();
            await taker.CreateVaultAsync(cancellationToken).ConfigureAwait(false);
        }

        var begun = new List<StateSnapshot>();
        foreach (var store in stores)
        {
            run.Session.Guard();
            begun.Add(await taker.StartAsync(store, cancellationToken).ConfigureAwait(false));
        }

        var ended = new List<StateSnapshot>();
        var wait = new SnapshotWaitOptions { Timeout = run.Duration("timeout"), Interval = run.Duration("interval") };
        await foreach (var one in new SnapshotWaiter(service.Backup, run.Reporter, run.Time).WaitAsync(begun, wait, cancellationToken).ConfigureAwait(false))
            ended.Add(one.Failure is null ? await ProveAsync(taker, one, cancellationToken).ConfigureAwait(false) : one);
        var bad = ended.Where(one => one.Failure is not null).ToList();
        return new StepResult(string.Create(CultureInfo.InvariantCulture, $"{ended.Count - bad.Count} recovery points in {request.BackupVaultName}{(bad.Count > 0 ? $", {bad.Count} not whole" : "")}: {Types(ended)}"))
        {
            Output = new Dictionary<string, string> { [NameOutput] = request.Name },
            Failure = SnapshotOutcome.Incomplete(request.Name, ended.Count, bad),
        };
    }

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken)
    {
        using var service = new Service(run);
        var request = RequestOf(run);
        var taker = new SnapshotTaker(service.Backup, service.Tagging, request, run.Reporter, run.Time);
        var hasVault = await HasVaultAsync(run, taker, cancellationToken).ConfigureAwait(false);
        var stores = await service.StoresAsync(run, request, cancellationToken).ConfigureAwait(false);
        var refused = stores.Select(taker.Check).OfType<Failure>().FirstOrDefault();
        var text = string.Create(CultureInfo.InvariantCulture, $"{stores.Count} stores to be backed up to {request.BackupVaultName}{(hasVault ? "" : ", which would be made")}: {NameList.Some([.. stores.Select(store => store.ResourceArn)])}");
        return new StepResult(text) { Failure = refused };
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> LeftByUndo(UpgradeStep step, bool removeImported) => [$"{step.Title}: the recovery points stay."];

    private static async Task<bool> HasVaultAsync(StepRun run, SnapshotTaker taker, CancellationToken cancellationToken)
    {
        var hasVault = await taker.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return hasVault || run.Value("createVault") == "true" ? hasVault : throw await taker.VaultMissingAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<StateSnapshot> ProveAsync(SnapshotTaker taker, StateSnapshot snapshot, CancellationToken cancellationToken) =>
        await taker.IsThereAsync(snapshot, cancellationToken).ConfigureAwait(false) ? snapshot : snapshot with { Failure = SnapshotOutcome.NotThere(snapshot) };

    private static string Types(IEnumerable<StateSnapshot> snapshots) =>
        string.Join(", ", snapshots.GroupBy(one => one.ResourceType ?? "?").OrderBy(type => type.Key, StringComparer.Ordinal).Select(type => string.Create(CultureInfo.InvariantCulture, $"{type.Count()} {type.Key}")));

    private static SnapshotRequest RequestOf(StepRun run) => new()
    {
        Name = run.Value("name") ?? UpgradeNames.Of(run, byAttempt: false),
        BackupVaultName = run.Value("vault")!,
        IamRoleArn = run.Value("role")!,
        DeleteAfterDays = run.Value("deleteAfterDays") is { } days ? long.Parse(days, CultureInfo.InvariantCulture) : null,
    };

    // The services of one region.
    private sealed class Service(StepRun run) : IDisposable
    {
        public BackupClient Backup { get; } = new(run.Aws, run.Reporter);

        public TaggingClient Tagging { get; } = new(run.Aws.Beside(), run.Reporter);

        public async Task<IReadOnlyList<SnapshotStore>> StoresAsync(StepRun run, SnapshotRequest request, CancellationToken cancellationToken)
        {
            var selection = new StoreSelection
            {
                ResourceArns = run.Texts("resources"),
                Databases = run.Texts("databases"),
                Buckets = run.Texts("buckets"),
                Cluster = run.Value("volumes") == "true" ? run.Target : null,
                Namespaces = run.Plan.Selection.Namespace,
            };
            var found = await new StoreFinder(run.Aws, Tagging, run.Reporter).FindAsync(selection, cancellationToken).ConfigureAwait(false);
            var preflight = new SnapshotPreflight(run.Aws, await Backup.GetRegionAsync(cancellationToken).ConfigureAwait(false), run.Reporter);
            return await preflight.CheckAsync(found, run.Value("skipRoleCheck") == "true" ? null : request.IamRoleArn, cancellationToken).ConfigureAwait(false);
        }

        public void Dispose()
        {
            Backup.Dispose();
            Tagging.Dispose();
        }
    }
}
