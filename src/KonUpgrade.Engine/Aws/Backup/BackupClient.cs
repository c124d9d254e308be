using KonUpgrade.Engine.Aws.RestJson;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>
/// AWS Backup on the SDK's own runtime. Operations and fields are named as in the service's model, version 2018-11-15,
/// REST-JSON protocol. Throttling and transient errors are tried again as the SDK does (AWS_RETRY_MODE, AWS_MAX_ATTEMPTS,
/// or the profile's settings). Nothing is looked for before the first call.
/// </summary>
/// <param name="options">As whom, and where.</param>
/// <param name="reporter">Told which credentials are used, and of calls that change something.</param>
public sealed class BackupClient(AwsOptions options, IReporter reporter) : IDisposable
{
    private static readonly AwsService Service = new("Backup", "backup", "2018-11-15");

    private readonly RestJsonClient _client = new(options, reporter, Service, BackupEndpoint.Of, RestJson.RestJson.PascalCase);

    /// <summary>The region that is asked.</summary>
    /// <exception cref="UpgradeException">AwsRegionNotFound, AwsRegionInvalid.</exception>
    public Task<string> GetRegionAsync(CancellationToken cancellationToken) => _client.GetRegionAsync(cancellationToken);

    /// <summary>Begins to back a resource up (StartBackupJob). Sent again with its token, it is answered with the same job.</summary>
    /// <exception cref="BackupException">What the service, or the way to it, says.</exception>
    public Task<StartBackupJobResponse> StartBackupJobAsync(StartBackupJobRequest request, CancellationToken cancellationToken) =>
        _client.CallAsync<StartBackupJobResponse>((request ?? throw new ArgumentNullException(nameof(request))).Call(), cancellationToken);

    /// <summary>A backup job (DescribeBackupJob).</summary>
    /// <exception cref="ResourceNotFoundException">It is not there.</exception>
    public Task<BackupJob> DescribeBackupJobAsync(string backupJobId, CancellationToken cancellationToken) =>
        _client.CallAsync<BackupJob>(DescribeBackupJob.Call(backupJobId), cancellationToken);

    /// <summary>The backup jobs of the last 30 days (ListBackupJobs).</summary>
    public IAsyncEnumerable<BackupJob> ListBackupJobsAsync(BackupJobFilter filter, CancellationToken cancellationToken) =>
        _client.PagesAsync<ListBackupJobsResponse, BackupJob>(next => ListBackupJobs.Call(filter, next), cancellationToken);

    /// <summary>Stops a backup job (StopBackupJob).</summary>
    /// <exception cref="InvalidRequestException">It has ended, or jobs of its type can't be stopped.</exception>
    public Task StopBackupJobAsync(string backupJobId, CancellationToken cancellationToken) =>
        _client.CallAsync<EmptyResponse>(StopBackupJob.Call(backupJobId), cancellationToken);

    /// <summary>Makes a vault (CreateBackupVault).</summary>
    /// <exception cref="AlreadyExistsException">There is one of that name.</exception>
    public Task<CreateBackupVaultResponse> CreateBackupVaultAsync(CreateBackupVaultRequest request, CancellationToken cancellationToken) =>
        _client.CallAsync<CreateBackupVaultResponse>((request ?? throw new ArgumentNullException(nameof(request))).Call(), cancellationToken);

    /// <summary>A vault (DescribeBackupVault).</summary>
    /// <exception cref="ResourceNotFoundException">It is not there.</exception>
    /// <exception cref="AccessDeniedException">It is not there, or the login may not look: see there.</exception>
    public Task<BackupVault> DescribeBackupVaultAsync(string backupVaultName, CancellationToken cancellationToken) =>
        _client.CallAsync<BackupVault>(DescribeBackupVault.Call(backupVaultName), cancellationToken);

    /// <summary>The vaults of the region (ListBackupVaults).</summary>
    public IAsyncEnumerable<BackupVault> ListBackupVaultsAsync(CancellationToken cancellationToken) =>
        _client.PagesAsync<ListBackupVaultsResponse, BackupVault>(ListBackupVaults.Call, cancellationToken);

    /// <summary>The recovery points in a vault (ListRecoveryPointsByBackupVault).</summary>
    /// <param name="backupVaultName">The vault's name.</param>
    /// <param name="byResourceArn">Those of this resource; null for all.</param>
    /// <param name="byParentRecoveryPointArn">The parts of this recovery point; null for all.</param>
    /// <param name="cancellationToken">Stops.</param>
    public IAsyncEnumerable<RecoveryPoint> ListRecoveryPointsByBackupVaultAsync(string backupVaultName, string? byResourceArn, string? byParentRecoveryPointArn, CancellationToken cancellationToken) =>
        _client.PagesAsync<ListRecoveryPointsByBackupVaultResponse, RecoveryPoint>(
            next => ListRecoveryPointsByBackupVault.Call(backupVaultName, byResourceArn, byParentRecoveryPointArn, next), cancellationToken);

    /// <summary>The recovery points of a resource, in all vaults (ListRecoveryPointsByResource).</summary>
    public IAsyncEnumerable<RecoveryPointByResource> ListRecoveryPointsByResourceAsync(string resourceArn, CancellationToken cancellationToken) =>
        _client.PagesAsync<ListRecoveryPointsByResourceResponse, RecoveryPointByResource>(next => ListRecoveryPointsByResource.Call(resourceArn, next), cancellationToken);

    /// <summary>A recovery point (DescribeRecoveryPoint).</summary>
    /// <exception cref="ResourceNotFoundException">It is not there.</exception>
    public Task<RecoveryPoint> DescribeRecoveryPointAsync(string backupVaultName, string recoveryPointArn, CancellationToken cancellationToken) =>
        _client.CallAsync<RecoveryPoint>(DescribeRecoveryPoint.Call(backupVaultName, recoveryPointArn), cancellationToken);

    /// <summary>How a resource was when it was backed up (GetRecoveryPointRestoreMetadata).</summary>
    /// <exception cref="ResourceNotFoundException">The recovery point is not there.</exception>
    public Task<RecoveryPointRestoreMetadata> GetRecoveryPointRestoreMetadataAsync(string backupVaultName, string recoveryPointArn, CancellationToken cancellationToken) =>
        _client.CallAsync<RecoveryPointRestoreMetadata>(GetRecoveryPointRestoreMetadata.Call(backupVaultName, recoveryPointArn), cancellationToken);

    /// <summary>Begins to restore (StartRestoreJob). Sent again with its token, it is answered with the same job.</summary>
    /// <returns>The job's id.</returns>
    public async Task<string> StartRestoreJobAsync(StartRestoreJobRequest request, CancellationToken cancellationToken) =>
        (await _client.CallAsync<StartRestoreJobResponse>((request ?? throw new ArgumentNullException(nameof(request))).Call(), cancellationToken).ConfigureAwait(false)).RestoreJobId;

    /// <summary>A restore job (DescribeRestoreJob).</summary>
    /// <exception cref="ResourceNotFoundException">It is not there.</exception>
    public Task<RestoreJob> DescribeRestoreJobAsync(string restoreJobId, CancellationToken cancellationToken) =>
        _client.CallAsync<RestoreJob>(DescribeRestoreJob.Call(restoreJobId), cancellationToken);

    /// <summary>The restore jobs (ListRestoreJobs).</summary>
    /// <param name="byStatus">Those of this status; null for all.</param>
    /// <param name="byParentJobId">The parts of this job; null for all.</param>
    /// <param name="cancellationToken">Stops.</param>
    public IAsyncEnumerable<RestoreJob> ListRestoreJobsAsync(string? byStatus, string? byParentJobId, CancellationToken cancellationToken) =>
        _client.PagesAsync<ListRestoreJobsResponse, RestoreJob>(next => ListRestoreJobs.Call(byStatus, byParentJobId, next), cancellationToken);

    /// <summary>What was backed up at least once (ListProtectedResources).</summary>
    public IAsyncEnumerable<ProtectedResource> ListProtectedResourcesAsync(CancellationToken cancellationToken) =>
        _client.PagesAsync<ListProtectedResourcesResponse, ProtectedResource>(ListProtectedResources.Call, cancellationToken);

    /// <summary>Which types of resources the service protects in the region (DescribeRegionSettings).</summary>
    public Task<RegionSettings> DescribeRegionSettingsAsync(CancellationToken cancellationToken) =>
        _client.CallAsync<RegionSettings>(DescribeRegionSettings.Call(), cancellationToken);

    /// <summary>The tags of a recovery point or a vault (ListTags).</summary>
    public async Task<IReadOnlyDictionary<string, string>> ListTagsAsync(string resourceArn, CancellationToken cancellationToken)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var (key, value) in _client.PagesAsync<ListTagsResponse, KeyValuePair<string, string>>(next => ListTags.Call(resourceArn, next), cancellationToken).ConfigureAwait(false))
            tags[key] = value;
        return tags;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
