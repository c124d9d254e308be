using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Connections;

/// <summary>
/// A credential that is kept until shortly before it expires, or until a server refuses it. One caller gets the next
/// one then, and the others wait for it.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="margin">How long before its end it is no longer shown: a request that sets out now must still be known when it arrives.</param>
internal sealed class KeptCredential(TimeProvider time, TimeSpan margin) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Kept? _kept;

    /// <summary>Keeps a credential that was there from the start.</summary>
    public void Keep(ClusterCredential credential, DateTimeOffset? expires) => _kept = new Kept(credential, expires);

    /// <summary>The credential that is kept, or another one.</summary>
    /// <param name="obtain">Gets another one, with the time at which it expires where that is known.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async ValueTask<ClusterCredential> GetAsync(
        Func<CancellationToken, Task<(ClusterCredential Credential, DateTimeOffset? Expires)>> obtain, CancellationToken cancellationToken)
    {
        if (_kept is { } kept && IsFresh(kept))
            return kept.Credential;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_kept is { } since && IsFresh(since))
                return since.Credential;
            var (credential, expires) = await obtain(cancellationToken).ConfigureAwait(false);
            _kept = new Kept(credential, expires);
            return credential;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Drops a credential that was refused.</summary>
    /// <returns>Whether it was the one that is kept: another caller may have got another one since.</returns>
    public bool Drop(ClusterCredential credential)
    {
        if (_kept is not { } kept || !ReferenceEquals(kept.Credential, credential))
            return false;
        _kept = null;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private bool IsFresh(Kept kept) => kept.Expires is not { } expires || time.GetUtcNow() < expires - margin;

    private sealed record Kept(ClusterCredential Credential, DateTimeOffset? Expires);
}
