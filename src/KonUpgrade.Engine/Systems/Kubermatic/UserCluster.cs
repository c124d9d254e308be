using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Systems.Kubermatic;

/// <summary>What a Cluster on its seed says of a user cluster.</summary>
/// <param name="Name">The object's name.</param>
internal sealed record UserCluster(string Name)
{
    /// <summary>The workloads of its control plane are as they are to be. Where it is not True, the cluster occupies a slot.</summary>
    public const string UpToDate = "SeedResourcesUpToDate";

    /// <summary>The seed's own controller has come round. It is not True while the cluster waits for a slot.</summary>
    public const string Controller = "ClusterControllerReconciledSuccessfully";

    /// <summary>What must be True for a cluster to be wholly reconciled (Kubermatic's own list).</summary>
    public static IReadOnlyList<string> Required { get; } =
    [
        UpToDate, Controller, "AddonControllerReconciledSuccessfully", "CloudControllerReconciledSuccessfully",
        "UpdateControllerReconciledSuccessfully", "MonitoringControllerReconciledSuccessfully",
    ];

    /// <summary>The version of Kubernetes that it is to have, without a v; null where it says none.</summary>
    public string? Version { get; init; }

    /// <summary>The provider of its machines: <c>aws</c>; null where it says none.</summary>
    public string? Provider { get; init; }

    /// <summary>What runs its containers: <c>containerd</c>; null where it does not say so.</summary>
    public string? ContainerRuntime { get; init; }

    /// <summary>Whether its controllers leave it alone (<c>spec.pause</c>). Its conditions stay as they were.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Why it is paused, in its owner's words.</summary>
    public string? PauseReason { get; init; }

    /// <summary>Whether it is being deleted.</summary>
    public bool IsDeleting { get; init; }

    /// <summary>The developer whose own controllers alone work on it (the label <c>worker-name</c>); null for none.</summary>
    public string? WorkerName { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Its conditions by their type.</summary>
    public IReadOnlyDictionary<string, KubermaticCondition> Conditions { get; init; } = new Dictionary<string, KubermaticCondition>();

    /// <summary>What keeps it from being reconciled, in one word; null where nothing does.</summary>
    public string? ErrorReason { get; init; }

    /// <summary>The same in more words.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The health of the parts of its control plane, by their names.</summary>
    public IReadOnlyDictionary<string, PartHealth> Health { get; init; } = new Dictionary<string, PartHealth>();

    /// <summary>Whether a condition is True. One that is not there is not.</summary>
    public bool Is(string condition) => Conditions.TryGetValue(condition, out var found) && found.IsTrue;

    /// <summary>Reads a Cluster.</summary>
    public static UserCluster Read(KubernetesObject o)
    {
        var spec = o.Root.Member("spec"u8);
        var status = o.Root.Member("status"u8);
        var health = new Dictionary<string, PartHealth>(StringComparer.Ordinal);
        if (status.Member("extendedHealth"u8) is { ValueKind: JsonValueKind.Object } parts)
        {
            foreach (var part in parts.EnumerateObject())
                health[part.Name] = HealthOf(part.Value.ToString().Trim('"'));
        }
        return new UserCluster(o.Name)
        {
            Version = spec.Text("version")?.TrimStart('v'),
            Provider = spec.Member("cloud"u8).Text("providerName"),
            ContainerRuntime = spec.Text("containerRuntime"),
            IsPaused = spec.Member("pause"u8).ValueKind == JsonValueKind.True,
            PauseReason = spec.Text("pauseReason") is { Length: > 0 } reason ? reason : null,
            IsDeleting = o.Metadata.TryGetProperty("deletionTimestamp"u8, out _),
            WorkerName = o.Label("worker-name") is { Length: > 0 } worker ? worker : null,
            Created = o.Metadata.Time("creationTimestamp"),
            Conditions = KubermaticCondition.All(status.Member("conditions"u8)),
            ErrorReason = status.Text("errorReason") is { Length: > 0 } error ? error : null,
            ErrorMessage = status.Text("errorMessage"),
            Health = health,
        };
    }

    // Numbers are of Kubermatic 2.19 and before.
    private static PartHealth HealthOf(string word) => word switch
    {
        "HealthStatusUp" or "1" => PartHealth.Up,
        "HealthStatusDown" or "0" => PartHealth.Down,
        "HealthStatusProvisioning" or "2" => PartHealth.Provisioning,
        _ => PartHealth.Unknown,
    };
}

/// <summary>The health of a part of a control plane.</summary>
internal enum PartHealth
{
    /// <summary>A word that is not known here.</summary>
    Unknown,

    /// <summary>It works.</summary>
    Up,

    /// <summary>It is being brought up.</summary>
    Provisioning,

    /// <summary>It does not work.</summary>
    Down,
}
