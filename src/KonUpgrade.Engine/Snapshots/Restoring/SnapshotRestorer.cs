using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots.Restoring;

/// <summary>
/// Restores snapshots, beside what they were taken of. What a run before began with the same wishes is found again by the
/// same request, which the service answers with the same job; one that ended badly is begun anew.
/// </summary>
/// <param name="client">The service.</param>
/// <param name="reporter">Told what is found.</param>
/// <param name="time">The clock; null for the real one.</param>
public sealed class SnapshotRestorer(BackupClient client, IReporter reporter, TimeProvider? time = null)
{
    private const int MostAttempts = 30;

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>The error of a snapshot that there is nothing to restore of.</summary>
    public static UpgradeException Missing(StateSnapshot snapshot) =>
        new(RestoreFailures.NoRecoveryPoint(snapshot.ResourceArn.Length > 0 ? $"'{snapshot.ResourceArn}'" : "it", snapshot.Status is StateSnapshotStatus.Unknown ? null : $"it is {snapshot.Status}"));

    /// <summary>What would be asked for, and where the data would be. Nothing is begun.</summary>
    /// <exception cref="UpgradeException">RecoveryPointNotWhole, RestoreNotSupported, RestoreNameMissing, RestoreNameTaken, RestoreShapeInvalid; or what the service says.</exception>
    public async Task<StateRestore> PrepareAsync(RestoreRequest request, CancellationToken cancellationToken)
    {
        var region = await client.GetRegionAsync(cancellationToken).ConfigureAwait(false);
        var point = await client.DescribeRecoveryPointAsync(request.BackupVaultName, request.RecoveryPointArn, cancellationToken).ConfigureAwait(false);
        var isWhole = point.Status is RecoveryPointStatus.Completed or RecoveryPointStatus.Available or RecoveryPointStatus.Stopped;
        if (!isWhole && !(point.Status == RecoveryPointStatus.Partial && request.AllowPartial))
            throw new UpgradeException(RestoreFailures.NotWhole(request.RecoveryPointArn, point.Status));
        var said = await client.GetRecoveryPointRestoreMetadataAsync(request.BackupVaultName, request.RecoveryPointArn, cancellationToken).ConfigureAwait(false);
        var type = point.ResourceType ?? said.ResourceType ?? "";
        var (metadata, location) = RestoreMetadata.Of(type, point.ResourceArn ?? "", said.RestoreMetadata, request.Shape);
        return new StateRestore
        {
            RecoveryPointArn = request.RecoveryPointArn,
            ResourceArn = point.ResourceArn,
            ResourceType = type,
            Status = StateRestoreStatus.Pending,
            IamRoleArn = request.IamRoleArn,
            Region = region,
            BackupSizeInBytes = point.BackupSizeInBytes,
            Location = location,
            IsInPlace = request.Shape.InPlace,
            Metadata = metadata,
        };
    }

    /// <summary>Begins what was prepared, or finds what a run before began.</summary>
    /// <returns>The restore as it stands.</returns>
    /// <exception cref="AwsException">What the service says.</exception>
    public async Task<StateRestore> StartAsync(RestoreRequest request, StateRestore prepared, CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var job in client.ListRestoreJobsAsync(null, null, cancellationToken).ConfigureAwait(false))
        {
            if (job.RecoveryPointArn == request.RecoveryPointArn)
                known.Add(job.RestoreJobId);
        }

        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            var start = new StartRestoreJobRequest
            {
                RecoveryPointArn = request.RecoveryPointArn,
                Metadata = prepared.Metadata,
                IamRoleArn = request.IamRoleArn,
                ResourceType = prepared.ResourceType,
                // The wishes are a part of it: other ones are another restore.
                IdempotencyToken = SnapshotToken.Of(request.Name, request.IamRoleArn, $"{request.RecoveryPointArn}\n{string.Join('\n', prepared.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))}", attempt),
            };
            var id = await client.StartRestoreJobAsync(start, cancellationToken).ConfigureAwait(false);
            var isExisting = known.Contains(id);
            var now = await LookAsync(prepared with { RestoreJobId = id, IsExisting = isExisting }, cancellationToken).ConfigureAwait(false);
            if (!isExisting || GoesOn(now))
                return now;
            if (now.Complete)
            {
                reporter.Warning($"'{request.RecoveryPointArn}' was restored so under the name '{request.Name}' before, at {now.CreationDate?.UtcDateTime:u}, and is not again. Another name restores it anew.");
                return now;
            }

            reporter.Verbose($"attempt {attempt} to restore '{request.RecoveryPointArn}' is {now.Status}: the next one follows");
        }

        throw new UpgradeException(SnapshotFailures.TooManyAttempts(request.Name, request.RecoveryPointArn, MostAttempts));
    }

    /// <summary>Gives each restore when it has ended, as <see cref="SnapshotWaiter"/> does snapshots.</summary>
    /// <param name="restores">The restores.</param>
    /// <param name="options">How long.</param>
    /// <param name="cancellationToken">Stops waiting; the jobs go on.</param>
    /// <exception cref="AwsException">The service can't be asked at all: no login, no right.</exception>
    public IAsyncEnumerable<StateRestore> WaitAsync(IReadOnlyList<StateRestore> restores, SnapshotWaitOptions options, CancellationToken cancellationToken)
    {
        var wait = new JobWait<StateRestore>
        {
            What = "restores",
            Look = LookAsync,
            GoesOn = GoesOn,
            TimedOut = static (now, passed, hindered) => now with { Failure = RestoreFailures.TimedOut(now, passed, hindered) },
            Tell = static now => ($"Restoring {now.RecoveryPointArn}", SnapshotView.Standing(now.State, now.PercentDone, null), now.PercentDone),
        };
        return new JobWaiter<StateRestore>(wait, reporter, _time).WaitAsync(restores, options, cancellationToken);
    }

    private static bool GoesOn(StateRestore restore) => restore.Failure is null && restore.Status is StateRestoreStatus.Pending or StateRestoreStatus.Running or StateRestoreStatus.Unknown;

    private async Task<StateRestore> LookAsync(StateRestore before, CancellationToken cancellationToken)
    {
        var job = await client.DescribeRestoreJobAsync(before.RestoreJobId!, cancellationToken).ConfigureAwait(false);
        var now = before with
        {
            Status = job.Status switch
            {
                RestoreJobStatus.Pending => StateRestoreStatus.Pending,
                RestoreJobStatus.Running => StateRestoreStatus.Running,
                RestoreJobStatus.Completed => StateRestoreStatus.Completed,
                RestoreJobStatus.Failed => StateRestoreStatus.Failed,
                RestoreJobStatus.Aborted => StateRestoreStatus.Aborted,
                _ => StateRestoreStatus.Unknown,
            },
            State = job.Status,
            StatusMessage = job.StatusMessage,
            PercentDone = job.Percent,
            BackupSizeInBytes = job.BackupSizeInBytes ?? before.BackupSizeInBytes,
            CreationDate = job.CreationDate,
            CompletionDate = job.CompletionDate,
            CreatedResourceArn = job.CreatedResourceArn,
        };
        return now with { Failure = RestoreFailures.Of(now) };
    }
}
