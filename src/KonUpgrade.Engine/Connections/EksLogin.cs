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

    private readonly KeptCredential _kept = new(time, Margin);

    public string Description => $"AWS credentials for the user '{user}'";

    public ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken) => _kept.GetAsync(
        async token =>
        {
            var (bearer, expires) = await source.GetTokenAsync(token).ConfigureAwait(false);
            return (ClusterCredential.Bearer(bearer, certificate), expires);
        },
        cancellationToken);

    public ValueTask<bool> RefusedAsync(ClusterCredential credential, CancellationToken cancellationToken)
    {
        if (_kept.Drop(credential))
            source.Forget();
        return ValueTask.FromResult(true);
    }

    public void Dispose()
    {
        _kept.Dispose();
        source.Dispose();
    }
}
