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

    /// <summary>The namespace of the Seed on the master, and of Kubermatic's own workloads on the seed cluster.</summary>
    public string Namespace { get; init; } = "kubermatic";

    /// <summary>Where it stands, in Kubermatic's own word: <c>Healthy</c>, <c>Unhealthy</c>, <c>Invalid</c>, <c>Terminating</c>, <c>Paused</c>; null where the operator has not said so.</summary>
    public string? Phase { get; init; }

    /// <summary>The version of Kubermatic that the operator has brought there: <c>v2.31.0</c>; null where it has not said so.</summary>
    public string? Version { get; init; }

    /// <summary>Whether the operator leaves it alone (the annotation <c>kubermatic.k8c.io/skip-reconciling</c>): it stays at the version that it has.</summary>
    public bool IsLeftAlone { get; init; }

    /// <summary>Its conditions by their type.</summary>
    public IReadOnlyDictionary<string, KubermaticCondition> Conditions { get; init; } = new Dictionary<string, KubermaticCondition>();

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
        var status = seed.Root.Member("status"u8);
        var clusters = status.Member("clusters"u8);
        return new SeedReference(
            seed.Name,
            Reference(spec.Member("kubeconfig"u8), seed.Namespace),
            backups,
            clusters.Number())
        {
            Namespace = seed.Namespace ?? "kubermatic",
            Phase = status.Text("phase"),
            Version = status.Member("versions"u8).Text("kubermatic"),
            IsLeftAlone = seed.Annotation("kubermatic.k8c.io/skip-reconciling") is { Length: > 0 },
            Conditions = KubermaticCondition.All(status.Member("conditions"u8)),
        };
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
