using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.S3;

/// <summary>What is asked of S3 before a bucket is backed up. Nothing is looked for before the first call.</summary>
/// <param name="options">As whom, and where.</param>
/// <param name="reporter">Told which credentials are used.</param>
public sealed class S3Client(AwsOptions options, IReporter reporter) : IDisposable
{
    private static readonly AwsService Service = new("S3", "s3", "2006-03-01");

    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly AwsLogin _login = new(options, reporter);
    private AmazonS3Client? _client;

    /// <summary>The region that a bucket is in (GetBucketLocation).</summary>
    /// <exception cref="AwsException">BucketNotFound; or what the service, or the way to it, says.</exception>
    public async Task<string> GetBucketLocationAsync(string bucket, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            bucket, "GetBucketLocation", (client, token) => client.GetBucketLocationAsync(new GetBucketLocationRequest { BucketName = bucket }, token), cancellationToken).ConfigureAwait(false);
        // The oldest regions have names of their own here.
        return answer.Location?.Value switch
        {
            null or "" => "us-east-1",
            "EU" => "eu-west-1",
            var region => region,
        };
    }

    /// <summary>Whether a bucket keeps old versions (GetBucketVersioning): <c>Enabled</c>, <c>Suspended</c>, or null where it never did.</summary>
    /// <exception cref="AwsException">BucketNotFound; or what the service, or the way to it, says.</exception>
    public async Task<string?> GetBucketVersioningAsync(string bucket, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            bucket, "GetBucketVersioning", (client, token) => client.GetBucketVersioningAsync(new GetBucketVersioningRequest { BucketName = bucket }, token), cancellationToken).ConfigureAwait(false);
        return answer.VersioningConfig?.Status?.Value is ("Enabled" or "Suspended") and var status ? status : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client?.Dispose();
        _login.Dispose();
        _opening.Dispose();
    }

    private async Task<T> CallAsync<T>(string bucket, string operation, Func<AmazonS3Client, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var client = await OpenAsync(cancellationToken).ConfigureAwait(false);
        reporter.Debug($"S3 {operation} {bucket}");
        try
        {
            return await call(client, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (AwsFailures.IsFailure(e, cancellationToken))
        {
            var about = new AwsCall($"S3 could not be asked about the bucket {bucket}", $"s3:{operation}", bucket);
            var failure = e is AmazonServiceException { ErrorCode: "NoSuchBucket" }
                ? new Failure { Id = "BucketNotFound", Kind = FailureKind.NotFound, Message = $"There is no bucket '{bucket}'.", Recommendation = "Look at its name, and at the partition of the credentials.", Target = bucket }
                : AwsFailures.Of(e, about);
            throw new AwsException(failure, e);
        }
    }

    private async Task<AmazonS3Client> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_client is { } client)
                return client;
            var region = await _login.RegionAsync(cancellationToken).ConfigureAwait(false);
            var (credentials, _) = await _login.GetAsync(cancellationToken).ConfigureAwait(false);
            var own = RegionalEndpoint.Of("s3", region);
            var place = AwsPlace.Of(options.EndpointUrl, _login.Source, Service, own, region);
            var config = new AmazonS3Config
            {
                RetryMode = place.RetryMode,
                MaxErrorRetry = place.MaxAttempts - 1,
                Timeout = TimeSpan.FromSeconds(20),
                UseFIPSEndpoint = _login.Source.UseFips,
                UseDualstackEndpoint = _login.Source.UseDualStack,
                RegionEndpoint = RegionEndpoint.GetBySystemName(region),
            };
            if (place.Url != own)
            {
                // A host that is not S3's own has no host for each bucket.
                (config.UseFIPSEndpoint, config.UseDualstackEndpoint, config.ForcePathStyle) = (false, false, true);
                config.ServiceURL = place.Url.ToString();
                config.AuthenticationRegion = region;
            }

            reporter.Verbose($"S3 of {region} at {place.Url}");
            return _client = new AmazonS3Client(credentials, config);
        }
        finally
        {
            _opening.Release();
        }
    }
}
