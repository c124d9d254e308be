using Amazon.Runtime;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws;

/// <summary>Who asks AWS, and from which region: found at the first call, told once, kept until it is forgotten.</summary>
/// <param name="options">Who is meant.</param>
/// <param name="reporter">Told which source was used.</param>
internal sealed class AwsLogin(AwsOptions options, IReporter reporter) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly AwsCredentialSource _source = new(options);
    private volatile AWSCredentials? _found;

    /// <summary>What environment and profiles say.</summary>
    public AwsCredentialSource Source => _source;

    /// <summary>The credentials. That they can be had now is sure: an expired session is told here and not as an error of a service.</summary>
    /// <exception cref="UpgradeException">AwsCredentialsNotFound, AwsEnvironmentNotHeard, AwsLoginFailed, ExecForbidden.</exception>
    public async Task<(AWSCredentials Credentials, ImmutableCredentials Keys)> GetAsync(CancellationToken cancellationToken)
    {
        var found = await FindAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return (found, await found.GetCredentialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (AwsFailures.IsFailure(e, cancellationToken))
        {
            // A later try begins with a new look: the login may have been renewed beside us.
            Forget();
            throw AwsFailures.Refused("The AWS credentials can't be had", e);
        }
    }

    /// <summary>The region.</summary>
    /// <exception cref="UpgradeException">AwsRegionNotFound, AwsRegionInvalid.</exception>
    public async Task<string> RegionAsync(CancellationToken cancellationToken)
    {
        if (_source.Region is { } said)
            return IsRegion(said) ? said : throw AwsFailures.InvalidRegion(said);
        if (AwsSetup.IsHere(options.Environment))
        {
            try
            {
                // The machine itself is asked last; the SDK does so without a task.
                var found = await Task.Run(static () => FallbackRegionFactory.GetRegionEndpoint(), cancellationToken).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
                if (found is not null)
                    return found.SystemName;
            }
            catch (Exception e) when (AwsFailures.IsFailure(e, cancellationToken))
            {
                reporter.Debug($"no region from this machine: {e.Message}");
            }
        }
        throw AwsFailures.NoRegion();
    }

    /// <summary>Whether a text can be a region's name: it becomes a part of the name of the host that signed requests are sent to.</summary>
    public static bool IsRegion(string text) => text.Length > 0 && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');

    /// <summary>Forgets the credentials, so that the next call looks anew.</summary>
    public void Forget() => _found = null;

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<AWSCredentials> FindAsync(CancellationToken cancellationToken)
    {
        if (_found is { } known)
            return known;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_found is { } since)
                return since;
            var (credentials, from) = await _source.FindAsync(cancellationToken).ConfigureAwait(false);
            reporter.Verbose($"AWS credentials: {from}");
            return _found = credentials;
        }
        finally
        {
            _gate.Release();
        }
    }
}
