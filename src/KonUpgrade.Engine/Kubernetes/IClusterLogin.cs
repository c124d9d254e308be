namespace KonUpgrade.Engine.Kubernetes;

/// <summary>Where the credentials for a cluster come from. Asked before every request; implementations keep and renew.</summary>
public interface IClusterLogin
{
    /// <summary>How the login is obtained, for messages: <c>client certificate</c>, <c>exec plugin aws</c>. Never a secret.</summary>
    string Description { get; }

    /// <summary>The credential to use now; renewed first where it is about to expire.</summary>
    ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken);

    /// <summary>Tells that the server refused a credential (401).</summary>
    /// <returns>True when <see cref="GetAsync"/> will give another one, so that a second try makes sense.</returns>
    ValueTask<bool> RefusedAsync(ClusterCredential credential, CancellationToken cancellationToken);
}
