using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Connections;

/// <summary>A login to an EKS cluster whose kubeconfig names the aws program, answered in this process.</summary>
/// <param name="source">Makes the tokens.</param>
/// <param name="user">The kubeconfig's user, for messages.</param>
/// <param name="certificate">A client certificate shown beside the token, or null.</param>
/// <param name="time">The clock.</param>
internal sealed class EksLogin(EksTokenSource source, string user, ClientCertificate? certificate, TimeProvider time) : IClusterLogin, IDisposable
{
    // A token is remade well before its end: a long upload must still be known when it arrives.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Held? _held;

    public string Description => $"AWS credentials for the user '{user}'";

    public async ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken)
    {
        if (_held is { } held && time.GetUtcNow() < held.Until)
            return held.Credential;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_held is { } since && time.GetUtcNow() < since.Until)
                return since.Credential;
            var (token, expires) = await source.GetTokenAsync(cancellationToken).ConfigureAwait(false);
            _held = new Held(ClusterCredential.Bearer(token, certificate), expires - Margin);
            return _held.Credential;
        }
        finally
        {
            _gate.Release();
        }
    }

    public ValueTask<bool> RefusedAsync(ClusterCredential credential, CancellationToken cancellationToken)
    {
        if (_held is { } held && ReferenceEquals(held.Credential, credential))
        {
            _held = null;
            source.Forget();
        }
        return ValueTask.FromResult(true);
    }

    public void Dispose() => _gate.Dispose();

    private sealed record Held(ClusterCredential Credential, DateTimeOffset Until);
}
