using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Aws.S3;
using KonUpgrade.Engine.Aws.Sts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots.Checking;

/// <summary>
/// Looks at what jobs would fail of, before the first one is begun: the role, and buckets. What may not be looked at is told
/// with a warning, and is no failure.
/// </summary>
/// <param name="aws">As whom, and where, AWS is asked.</param>
/// <param name="region">The region that AWS Backup is asked in.</param>
/// <param name="reporter">Told of what may not be looked at.</param>
public sealed class SnapshotPreflight(AwsOptions aws, string region, IReporter reporter)
{
    private readonly List<Failure> _unseen = [];
    private bool _isOutOfReach;

    /// <summary>Why something could not be looked at, each told with a warning; complete when the stores have been checked.</summary>
    public IReadOnlyList<Failure> Unseen => _unseen;

    /// <summary>The stores, with failures at those that can't be backed up.</summary>
    /// <param name="stores">The stores.</param>
    /// <param name="iamRoleArn">The role that AWS Backup is to assume; null where it is not to be looked at.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">BackupRoleInvalid, BackupRoleInOtherAccount, BackupRoleNotFound, BackupRoleNotAssumable: nothing could be backed up.</exception>
    public async Task<IReadOnlyList<SnapshotStore>> CheckAsync(IReadOnlyList<SnapshotStore> stores, string? iamRoleArn, CancellationToken cancellationToken)
    {
        using var iam = new IamClient(aws.Beside(), reporter);
        using var s3 = new S3Client(aws.Beside(), reporter);
        BackupRole? role = null;
        if (iamRoleArn is not null)
        {
            role = new BackupRole(iam, reporter);
            await role.ReadAsync(iamRoleArn, await CallerAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            if (role.Unseen is { } unseen)
                _unseen.Add(unseen);
        }

        var checkedStores = new List<SnapshotStore>(stores.Count);
        foreach (var store in stores)
            checkedStores.Add(store with { Failure = store.Failure ?? await CheckAsync(store, role, s3, cancellationToken).ConfigureAwait(false) });
        return checkedStores;
    }

    private async Task<Failure?> CheckAsync(SnapshotStore store, BackupRole? role, S3Client s3, CancellationToken cancellationToken)
    {
        ResourceArn arn;
        try
        {
            arn = ResourceArn.Read(store.ResourceArn, store.Type);
        }
        catch (UpgradeException e)
        {
            return e.Failure;
        }

        return (arn.Type == "S3" ? await CheckBucketAsync(arn, s3, cancellationToken).ConfigureAwait(false) : null) ?? role?.Check(arn);
    }

    private async Task<Failure?> CheckBucketAsync(ResourceArn arn, S3Client s3, CancellationToken cancellationToken)
    {
        var (failure, location) = await TryAsync(arn, "in which region it is", token => s3.GetBucketLocationAsync(arn.Name, token), cancellationToken).ConfigureAwait(false);
        if (failure is not null)
            return failure;
        if (location is not null && location != region)
            return CheckFailures.BucketInOtherRegion(arn, location, region);
        var (missing, versioning) = await TryAsync(arn, "whether it keeps old versions", async token => await s3.GetBucketVersioningAsync(arn.Name, token).ConfigureAwait(false) ?? "", cancellationToken).ConfigureAwait(false);
        return missing ?? (versioning is null or "Enabled" ? null : CheckFailures.NotVersioned(arn, versioning.Length > 0 ? versioning : null));
    }

    // The value is null where it may not be asked for.
    private async Task<(Failure? Failure, string? Value)> TryAsync(ResourceArn arn, string what, Func<CancellationToken, Task<string>> read, CancellationToken cancellationToken)
    {
        if (_isOutOfReach)
            return (null, null);
        try
        {
            return (null, await read(cancellationToken).ConfigureAwait(false));
        }
        catch (AwsException e) when (e.Failure.Kind == FailureKind.NotFound)
        {
            return (e.Failure with { Target = arn.Text }, null);
        }
        catch (AwsException e)
        {
            // Where there is no way to the service, the time is not waited again for each bucket.
            _isOutOfReach = e.Failure.Kind is FailureKind.Timeout or FailureKind.Unavailable;
            _unseen.Add(e.Failure);
            reporter.Warning($"Of the bucket '{arn.Name}' it can't be seen {what}; that shows at its job. {e.Message} {e.Failure.Recommendation}");
            return (null, null);
        }
    }

    private async Task<CallerIdentity?> CallerAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await CallerIdentity.GetAsync(aws.Beside(), reporter, cancellationToken).ConfigureAwait(false);
        }
        catch (AwsException e)
        {
            reporter.Verbose($"whose the login is can't be found out: {e.Message}");
            return null;
        }
    }
}
