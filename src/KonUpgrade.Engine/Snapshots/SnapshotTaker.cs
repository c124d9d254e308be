using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Aws.Tagging;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>
/// Begins snapshots. What a run before began under the same name is found again: by the same request, which the service
/// answers with the same job, and among the unfinished jobs of the resource by the name that their recovery points carry.
/// Nothing is begun before vault and resource are known to be fit for it.
/// </summary>
/// <param name="client">The service.</param>
/// <param name="tagging">What knows the names of snapshots that other services keep.</param>
/// <param name="request">What is to be made.</param>
/// <param name="reporter">Told what is found.</param>
/// <param name="time">The clock; null for the real one.</param>
public sealed class SnapshotTaker(BackupClient client, TaggingClient tagging, SnapshotRequest request, IReporter reporter, TimeProvider? time = null)
{
    private const int MostAttempts = 30;

    private readonly SnapshotVault _vaults = new(client, reporter);
    private readonly SnapshotNames _names = new(client, tagging, reporter);
    private readonly SnapshotJobs _jobs = new(client);
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private SnapshotPlace _place = new() { Region = "" };

    /// <summary>Looks at the vault and at what the region is set to.</summary>
    /// <returns>Whether the vault is there; where not, <see cref="CreateVaultAsync"/> makes it.</returns>
    /// <exception cref="UpgradeException">BackupVaultLocked, BackupVaultNotUsable, BackupVaultNameInvalid, SnapshotWindowInvalid; or what the service says.</exception>
    public async Task<bool> PrepareAsync(CancellationToken cancellationToken)
    {
        CheckWindows();
        _place = await SnapshotPlace.LookAsync(client, _vaults, request.BackupVaultName, reporter, cancellationToken).ConfigureAwait(false);
        if (_place.Vault is not { } vault)
            return false;
        _vaults.Check(vault, request.DeleteAfterDays);
        return true;
    }

    /// <summary>The failure that there is no such vault.</summary>
    public async Task<UpgradeException> VaultMissingAsync(CancellationToken cancellationToken) => new(await _vaults.MissingAsync(request.BackupVaultName, cancellationToken).ConfigureAwait(false));

    /// <summary>Makes the vault.</summary>
    public async Task CreateVaultAsync(CancellationToken cancellationToken)
    {
        _place = _place with { Vault = await _vaults.CreateAsync(request.BackupVaultName, cancellationToken).ConfigureAwait(false) };
        reporter.Information($"The vault '{request.BackupVaultName}' was made in {_place.Region}.");
    }

    /// <summary>What keeps a resource from being backed up, as far as it can be seen beforehand; null for nothing.</summary>
    public Failure? Check(SnapshotStore store) => _place.Check(store);

    /// <summary>Begins to back a resource up, or finds what a run before began.</summary>
    /// <returns>The snapshot as it stands; a failed one where it could not be begun.</returns>
    /// <exception cref="AwsException">The service can't be asked at all: no login, or no answer for a while.</exception>
    public async Task<StateSnapshot> StartAsync(SnapshotStore store, CancellationToken cancellationToken)
    {
        if (Check(store) is { } failure)
            return NotBegun(store, failure);
        var arn = ResourceArn.Read(store.ResourceArn, store.Type);
        try
        {
            var known = await JobsAsync(arn, cancellationToken).ConfigureAwait(false);
            var snapshot = Begun(store, arn);
            return await FindRunningAsync(known, snapshot, cancellationToken).ConfigureAwait(false) ?? await BeginAsync(known, snapshot, arn, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException e) when (e.Failure.Kind != FailureKind.Authentication && !e.IsTransient)
        {
            return NotBegun(store, e.Failure);
        }
    }

    // Where the service has forgotten the request, the name on what the job makes tells whose it is.
    private async Task<StateSnapshot?> FindRunningAsync(List<BackupJob> known, StateSnapshot snapshot, CancellationToken cancellationToken)
    {
        foreach (var job in known.Where(IsOpen))
        {
            if (await _names.FindAsync(job, cancellationToken).ConfigureAwait(false) == request.Name)
                return Found(SnapshotView.Of(job, _place.Region, snapshot with { IsExisting = true }));
        }

        return null;
    }

    // One that a person or program began, to our vault, and that has not ended.
    private bool IsOpen(BackupJob job) => !BackupJobState.IsTerminal(job.State) && job.BackupVaultName == request.BackupVaultName && job.CreatedBy?.BackupPlanId is null;

    private async Task<List<BackupJob>> JobsAsync(ResourceArn arn, CancellationToken cancellationToken)
    {
        var jobs = new List<BackupJob>();
        await foreach (var job in client.ListBackupJobsAsync(new BackupJobFilter { ByResourceArn = arn.Text }, cancellationToken).ConfigureAwait(false))
        {
            if (string.IsNullOrEmpty(job.ParentJobId))
                jobs.Add(job);
        }

        return jobs;
    }

    private async Task<StateSnapshot> BeginAsync(List<BackupJob> known, StateSnapshot snapshot, ResourceArn arn, CancellationToken cancellationToken)
    {
        var ids = known.Select(job => job.BackupJobId).ToHashSet(StringComparer.Ordinal);
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            var id = await RequestAsync(arn, attempt, cancellationToken).ConfigureAwait(false);
            if (id is null)
                continue;
            var (number, isExisting) = (attempt, ids.Contains(id));
            var now = await PatientAsync(token => _jobs.LookAsync(snapshot with { BackupJobId = id, Attempt = number, IsExisting = isExisting }, token), cancellationToken).ConfigureAwait(false);
            if (!isExisting)
            {
                foreach (var other in known.Where(job => !BackupJobState.IsTerminal(job.State)))
                    reporter.Warning($"Another backup of '{arn.Text}' is {other.State} (job {other.BackupJobId}): ours may have to wait for it.");
                return now;
            }

            if (SnapshotView.GoesOn(now))
                return Found(now);
            if (now.Complete && await IsThereAsync(now, cancellationToken).ConfigureAwait(false))
            {
                reporter.Warning($"'{arn.Text}' was backed up under the name '{request.Name}' before, at {now.CreationDate?.UtcDateTime:u}, and is not again. Another name makes a new backup.");
                return now;
            }

            reporter.Verbose($"attempt {attempt} to back up '{arn.Text}' is {now.Status}{(now.Complete ? ", and what it made is gone" : "")}: the next one follows");
        }

        return NotBegun(snapshot, SnapshotFailures.TooManyAttempts(request.Name, arn.Text, MostAttempts));
    }

    // Null: the token belongs to an earlier request, with other parameters, and what it began is not known.
    private async Task<string?> RequestAsync(ResourceArn arn, int attempt, CancellationToken cancellationToken)
    {
        var start = new StartBackupJobRequest
        {
            BackupVaultName = request.BackupVaultName,
            ResourceArn = arn.Text,
            IamRoleArn = request.IamRoleArn,
            IdempotencyToken = SnapshotToken.Of(request.Name, request.BackupVaultName, arn.Text, attempt),
            StartWindowMinutes = Minutes(request.StartWindow),
            CompleteWindowMinutes = Minutes(request.CompleteWindow),
            Lifecycle = request.DeleteAfterDays is { } days ? new Lifecycle { DeleteAfterDays = days } : null,
            RecoveryPointTags = new Dictionary<string, string>(request.Tags) { [SnapshotToken.NameTag] = request.Name },
        };
        try
        {
            return (await PatientAsync(token => client.StartBackupJobAsync(start, token), cancellationToken).ConfigureAwait(false)).BackupJobId;
        }
        catch (BackupException e) when (e is InvalidParameterValueException or InvalidRequestException && e.Message.Contains("token", StringComparison.OrdinalIgnoreCase))
        {
            var running = (await JobsAsync(arn, cancellationToken).ConfigureAwait(false)).Find(IsOpen);
            if (running is null)
                return null;
            reporter.Warning($"'{arn.Text}' is being backed up under the name '{request.Name}' already, with other settings (job {running.BackupJobId}): it goes on as it was asked for then.");
            return running.BackupJobId;
        }
    }

    // A call that changes nothing more when it is sent again, as all of ours here, is tried again for a while.
    private async Task<T> PatientAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(new RetryPolicy { MaxAttempts = 8, BaseDelay = TimeSpan.FromSeconds(1) }, _time);
        while (true)
        {
            TimeSpan delay;
            try
            {
                return await call(cancellationToken).ConfigureAwait(false);
            }
            catch (AwsException e) when (e.IsTransient && backoff.TryNext(null, out delay))
            {
                reporter.Verbose($"asked again in {delay.TotalSeconds:0.#} s: {e.Message}");
            }

            await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether what a job made is in its vault, and whole.</summary>
    public async Task<bool> IsThereAsync(StateSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (snapshot is not { RecoveryPointArn: { Length: > 0 } arn, BackupVaultName: { } vault })
            return false;
        try
        {
            var point = await client.DescribeRecoveryPointAsync(vault, arn, cancellationToken).ConfigureAwait(false);
            return point.Status is RecoveryPointStatus.Completed or RecoveryPointStatus.Available;
        }
        catch (ResourceNotFoundException)
        {
            return false;
        }
    }

    private StateSnapshot Found(StateSnapshot snapshot)
    {
        reporter.Information($"'{snapshot.ResourceArn}' is being backed up under the name '{request.Name}' already: job {snapshot.BackupJobId}, {snapshot.State}.");
        return snapshot;
    }

    private StateSnapshot Begun(SnapshotStore store, ResourceArn? arn) => new()
    {
        Name = request.Name,
        ResourceArn = arn?.Text ?? store.ResourceArn,
        ResourceType = arn?.Type ?? store.Type,
        ResourceName = store.Name,
        Volumes = store.Volumes,
        Status = StateSnapshotStatus.Created,
        BackupVaultName = request.BackupVaultName,
        IamRoleArn = request.IamRoleArn,
        Region = _place.Region,
    };

    private StateSnapshot NotBegun(SnapshotStore store, Failure failure) => NotBegun(Begun(store, null), failure);

    private static StateSnapshot NotBegun(StateSnapshot snapshot, Failure failure) =>
        snapshot with { Status = StateSnapshotStatus.Failed, StatusMessage = failure.Message, Failure = failure };

    private void CheckWindows()
    {
        var hour = TimeSpan.FromHours(1);
        if (request.StartWindow < hour)
            throw new UpgradeException(SnapshotFailures.WindowInvalid("The start window is shorter than an hour."));
        if (request.CompleteWindow < (request.StartWindow ?? TimeSpan.FromHours(8)) + hour)
            throw new UpgradeException(SnapshotFailures.WindowInvalid("The completion window is not an hour longer than the start window, which is 8 hours unless said."));
    }

    private static long? Minutes(TimeSpan? time) => time is { } span ? (long)Math.Ceiling(span.TotalMinutes) : null;
}
