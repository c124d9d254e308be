using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>The content of a manifest that is in memory already.</summary>
/// <param name="json">It, as UTF-8 JSON; empty where there is none to be read.</param>
internal sealed class ContentOnHand(ReadOnlyMemory<byte> json) : IManifestContent
{
    public Task<KubernetesObject> LoadAsync(ManifestFile file, CancellationToken cancellationToken) => Task.FromResult(KubernetesObject.Parse(json));
}
