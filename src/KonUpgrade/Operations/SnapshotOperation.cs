using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Aws.Tagging;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Engine.Snapshots.Checking;
using KonUpgrade.Engine.Snapshots.Finding;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>What is backed up.</summary>
/// <param name="Aws">As whom, and where.</param>
/// <param name="Snapshot">How.</param>
/// <param name="Stores">What, but for the cluster.</param>
internal sealed record SnapshotTakingRequest(AwsRequest Aws, SnapshotRequest Snapshot, StoreSelection Stores)
{
    /// <summary>The cluster whose volumes' stores are meant, too; null for none.</summary>
    public ClusterRequest? Cluster { get; init; }

    /// <summary>Whether the role is not looked at beforehand.</summary>
    public bool SkipRoleCheck { get; init; }

    /// <summary>Whether the vault is made where it is not there.</summary>
    public bool CreateVault { get; init; }

    /// <summary>How long the end is waited for; null for not at all.</summary>
    public SnapshotWaitOptions? Wait { get; init; }
}

/// <summary>Makes snapshots, looks at them and waits for them.</summary>
internal static class SnapshotOperation
{
    /// <summary>Gives each snapshot when it has ended, or at once where it is not waited for.</summary>
    public static async IAsyncEnumerable<StateSnapshot> TakeAsync(SnapshotTakingRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = request.Aws.Options();
        using var client = new BackupClient(options, host);
        using var tagging = new TaggingClient(options.Beside(), host);
        var taker = new SnapshotTaker(client, tagging, request.Snapshot, host);
        var vault = request.Snapshot.BackupVaultName;
        var hasVault = await taker.PrepareAsync(cancellationToken).ConfigureAwait(false);
        if (!hasVault && !request.CreateVault)
            throw await taker.VaultMissingAsync(cancellationToken).ConfigureAwait(false);
        // All that can be known is known before anything is made, the vault too.
        var found = await FindAsync(request, new StoreFinder(options, tagging, host), host, cancellationToken).ConfigureAwait(false);
        var preflight = new SnapshotPreflight(options, await client.GetRegionAsync(cancellationToken).ConfigureAwait(false), host);
        var stores = await preflight.CheckAsync(found, request.SkipRoleCheck ? null : request.Snapshot.IamRoleArn, cancellationToken).ConfigureAwait(false);
        if (!hasVault)
        {
            var answer = await host.AskToProcessAsync(vault, "Create backup vault", cancellationToken).ConfigureAwait(false);
            if (answer == ProcessAnswer.No)
                yield break;
            if (answer == ProcessAnswer.Yes)
                await taker.CreateVaultAsync(cancellationToken).ConfigureAwait(false);
        }

        var ended = new Tally(request.Snapshot.Name);
        var begun = new List<StateSnapshot>();
        foreach (var store in stores)
        {
            // What can't be backed up is no question for anybody.
            if (taker.Check(store) is null && !await host.ShouldProcessAsync(store.ResourceArn, $"Back up to the vault {vault} as {request.Snapshot.Name}", cancellationToken).ConfigureAwait(false))
                continue;
            var snapshot = await taker.StartAsync(store, cancellationToken).ConfigureAwait(false);
            if (request.Wait is null)
                yield return ended.Count(snapshot);
            else
                begun.Add(snapshot);
        }

        if (request.Wait is { } wait)
        {
            await foreach (var snapshot in new SnapshotWaiter(client, host).WaitAsync(begun, wait, cancellationToken).ConfigureAwait(false))
                yield return ended.Count(snapshot);
        }

        ended.Tell(host);
    }

    /// <summary>Gives each snapshot when it has ended. One that came in is asked for in its own region, where no other is named.</summary>
    public static async IAsyncEnumerable<StateSnapshot> WaitAsync(
        AwsRequest aws, IReadOnlyList<StateSnapshot> snapshots, SnapshotWaitOptions wait, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ended = new Tally(null);
        foreach (var region in snapshots.GroupBy(snapshot => aws.Region ?? snapshot.Region, StringComparer.Ordinal))
        {
            using var client = new BackupClient((aws with { Region = region.Key }).Options(), host);
            await foreach (var snapshot in new SnapshotWaiter(client, host).WaitAsync([.. region], wait, cancellationToken).ConfigureAwait(false))
                yield return ended.Count(snapshot);
        }

        ended.Tell(host);
    }

    /// <summary>Gives the snapshots that are looked for.</summary>
    public static async IAsyncEnumerable<StateSnapshot> ListAsync(AwsRequest aws, SnapshotFilter filter, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = aws.Options();
        using var client = new BackupClient(options, host);
        using var tagging = new TaggingClient(options.Beside(), host);
        await foreach (var snapshot in new SnapshotReader(client, tagging, host).ListAsync(filter, cancellationToken).ConfigureAwait(false))
            yield return snapshot;
    }

    /// <summary>Gives snapshots by their jobs. A job that is not known is an error of its own.</summary>
    public static async IAsyncEnumerable<StateSnapshot> GetAsync(AwsRequest aws, IReadOnlyList<string> jobs, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = aws.Options();
        using var client = new BackupClient(options, host);
        using var tagging = new TaggingClient(options.Beside(), host);
        var reader = new SnapshotReader(client, tagging, host);
        foreach (var job in jobs)
        {
            StateSnapshot? found = null;
            try
            {
                found = await reader.GetAsync(job, cancellationToken).ConfigureAwait(false);
            }
            catch (ResourceNotFoundException missing)
            {
                host.Error(missing.Failure, missing);
            }

            if (found is not null)
                yield return found;
        }
    }

    private static async Task<IReadOnlyList<SnapshotStore>> FindAsync(SnapshotTakingRequest request, StoreFinder finder, IPipelineHost host, CancellationToken cancellationToken)
    {
        if (request.Cluster is not { } cluster)
            return await finder.FindAsync(request.Stores, cancellationToken).ConfigureAwait(false);
        var connection = await cluster.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            return await finder.FindAsync(request.Stores with { Cluster = connection }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Counts how they ended, for the one error at the end.</summary>
    private sealed class Tally(string? name)
    {
        private readonly List<StateSnapshot> _bad = [];
        private int _all;

        public StateSnapshot Count(StateSnapshot snapshot)
        {
            _all++;
            if (snapshot.Failure is not null)
                _bad.Add(snapshot);
            return snapshot;
        }

        public void Tell(IPipelineHost host)
        {
            if (SnapshotOutcome.Incomplete(name, _all, _bad) is { } failure)
                host.Error(failure);
        }
    }
}
