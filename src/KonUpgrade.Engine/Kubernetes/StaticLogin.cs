namespace KonUpgrade.Engine.Kubernetes;

/// <summary>A login that is one credential, as long as the connection lives.</summary>
/// <param name="description">How it was obtained, for messages.</param>
/// <param name="credential">The credential.</param>
public sealed class StaticLogin(string description, ClusterCredential credential) : IClusterLogin
{
    /// <summary>No login.</summary>
    public static StaticLogin Anonymous { get; } = new("no login", ClusterCredential.Anonymous);

    /// <inheritdoc/>
    public string Description => description;

    /// <inheritdoc/>
    public ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(credential);

    /// <inheritdoc/>
    public ValueTask<bool> RefusedAsync(ClusterCredential credential, CancellationToken cancellationToken) => ValueTask.FromResult(false);
}
