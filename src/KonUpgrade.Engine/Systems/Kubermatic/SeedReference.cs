using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Systems.Kubermatic;

/// <summary>What a Seed on its master says of the seed cluster.</summary>
/// <param name="Name">The Seed's name.</param>
/// <param name="KubeConfig">The Secret on the master that leads there, and the key in it; null where none is named.</param>
/// <param name="BackupSecrets">The Secrets on the seed cluster that etcd backups log in with.</param>
/// <param name="Clusters">How many user clusters it reports; null where it reports none yet.</param>
internal sealed record SeedReference(string Name, SecretKey? KubeConfig, IReadOnlyList<SecretKey> BackupSecrets, long? Clusters)
{
    private const string DefaultKey = "kubeconfig";

    public static SeedReference Read(KubernetesObject seed)
    {
        var spec = seed.Root.Member("spec"u8);
        var backups = new List<SecretKey>();
        var destinations = spec.Member("etcdBackupRestore"u8).Member("destinations"u8);
        if (destinations.ValueKind == JsonValueKind.Object)
        {
            foreach (var destination in destinations.EnumerateObject())
            {
                if (Reference(destination.Value.Member("credentials"u8), seed.Namespace) is { } secret && !backups.Contains(secret))
                    backups.Add(secret);
            }
        }
        var clusters = seed.Root.Member("status"u8).Member("clusters"u8);
        return new SeedReference(
            seed.Name,
            Reference(spec.Member("kubeconfig"u8), seed.Namespace),
            backups,
            clusters.ValueKind == JsonValueKind.Number && clusters.TryGetInt64(out var count) ? count : null);
    }

    private static SecretKey? Reference(JsonPart reference, string? seedNamespace)
    {
        if (reference.Member("name"u8).Text() is not { Length: > 0 } name)
            return null;
        var ns = reference.Member("namespace"u8).Text() is { Length: > 0 } given ? given : seedNamespace ?? "kubermatic";
        var key = reference.Member("fieldPath"u8).Text() is { Length: > 0 } path ? path : DefaultKey;
        return new SecretKey(ns, name, key);
    }
}

/// <summary>A key of a Secret.</summary>
/// <param name="Namespace">The Secret's namespace.</param>
/// <param name="Name">The Secret's name.</param>
/// <param name="Key">The key in its data.</param>
internal sealed record SecretKey(string Namespace, string Name, string Key);
