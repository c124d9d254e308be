using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Engine.Snapshots.Restoring;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>What is restored.</summary>
/// <param name="Aws">As whom, and where.</param>
/// <param name="Snapshots">The snapshots.</param>
/// <param name="IamRoleArn">The role that the service assumes.</param>
/// <param name="Shape">What they are to lead to.</param>
internal sealed record SnapshotRestoringRequest(AwsRequest Aws, IReadOnlyList<StateSnapshot> Snapshots, string IamRoleArn, RestoreShape Shape)
{
    /// <summary>The restore's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether what is not whole is restored, too.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>How long the end is waited for; null for not at all.</summary>
    public SnapshotWaitOptions? Wait { get; init; }
}

/// <summary>Restores snapshots.</summary>
internal static class RestoreOperation
{
    /// <summary>Gives each restore when it has ended, or at once where it is not waited for.</summary>
    public static async IAsyncEnumerable<StateRestore> RunAsync(SnapshotRestoringRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (all, bad) = (0, new List<StateRestore>());
        foreach (var region in request.Snapshots.GroupBy(snapshot => request.Aws.Region ?? snapshot.Region, StringComparer.Ordinal))
        {
            using var client = new BackupClient((request.Aws with { Region = region.Key }).Options(), host);
            var restorer = new SnapshotRestorer(client, host);
            var begun = new List<StateRestore>();
            foreach (var snapshot in region)
            {
                var restore = await BeginAsync(request, snapshot, restorer, host, cancellationToken).ConfigureAwait(false);
                if (restore is null)
                    continue;
                if (request.Wait is null || restore.Failure is not null)
                    yield return Count(restore);
                else
                    begun.Add(restore);
            }

            if (request.Wait is not { } wait)
                continue;
            await foreach (var restore in restorer.WaitAsync(begun, wait, cancellationToken).ConfigureAwait(false))
                yield return Count(restore);
        }

        if (bad.Count > 0)
        {
            host.Error(new Failure
            {
                Id = "RestoreIncomplete",
                Kind = FailureKind.Incomplete,
                Message = $"{bad.Count} of {all} snapshots are not restored. First: {bad[0].Failure!.Message}",
                Recommendation = bad[0].Failure!.Recommendation,
                Target = bad[0].RecoveryPointArn,
            });
        }

        StateRestore Count(StateRestore restore)
        {
            all++;
            if (restore.Failure is not null)
                bad.Add(restore);
            else if (restore.Complete && restore.Location is { } location)
                host.Information($"'{restore.ResourceArn}' is restored. {location}");
            return restore;
        }
    }

    // Null: somebody said no.
    private static async Task<StateRestore?> BeginAsync(SnapshotRestoringRequest request, StateSnapshot snapshot, SnapshotRestorer restorer, IPipelineHost host, CancellationToken cancellationToken)
    {
        try
        {
            if (snapshot is not { RecoveryPointArn: { Length: > 0 } arn, BackupVaultName: { Length: > 0 } vault })
                throw SnapshotRestorer.Missing(snapshot);
            var one = new RestoreRequest { Name = request.Name, RecoveryPointArn = arn, BackupVaultName = vault, IamRoleArn = request.IamRoleArn, Shape = request.Shape, AllowPartial = request.AllowPartial };
            var prepared = await restorer.PrepareAsync(one, cancellationToken).ConfigureAwait(false);
            var (target, action) = (prepared.ResourceArn ?? arn, $"Restore the backup of {prepared.ResourceType}{(prepared.IsInPlace ? " into what it was taken of" : "")}: {prepared.Location}");
            var answer = prepared.IsInPlace
                ? await host.AskToRemoveAsync(target, action, cancellationToken).ConfigureAwait(false)
                : await host.AskToProcessAsync(target, action, cancellationToken).ConfigureAwait(false);
            return answer == ProcessAnswer.Yes ? await restorer.StartAsync(one, prepared, cancellationToken).ConfigureAwait(false) : null;
        }
        catch (UpgradeException e) when (e.Failure.Kind != FailureKind.Authentication && e is not BackupException { IsTransient: true })
        {
            return new StateRestore
            {
                RecoveryPointArn = snapshot.RecoveryPointArn ?? "",
                ResourceArn = snapshot.ResourceArn.Length > 0 ? snapshot.ResourceArn : null,
                ResourceType = snapshot.ResourceType,
                Status = StateRestoreStatus.Failed,
                StatusMessage = e.Message,
                IamRoleArn = request.IamRoleArn,
                Region = snapshot.Region,
                IsInPlace = request.Shape.InPlace,
                Failure = e.Failure,
            };
        }
    }
}
