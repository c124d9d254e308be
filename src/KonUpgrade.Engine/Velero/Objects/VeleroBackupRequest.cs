using System.Text.Json.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero.Objects;

/// <summary>A backup that is asked for.</summary>
public sealed record VeleroBackupRequest
{
    /// <summary>Its name; null for one that the request itself makes.</summary>
    public string? Name { get; init; }

    /// <summary>The namespace of Velero's server.</summary>
    public string VeleroNamespace { get; init; } = "velero";

    /// <summary>What of the cluster is meant.</summary>
    public VeleroScope Selection { get; init; } = new();

    /// <summary>How volumes are backed up.</summary>
    public VeleroVolumes Volumes { get; init; }

    /// <summary>How long it is kept; null for as long as the server keeps backups.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>The storage location; null for the default one.</summary>
    public string? StorageLocation { get; init; }

    /// <summary>Where snapshots of volumes are made; none for the server's defaults.</summary>
    public IReadOnlyList<string> VolumeSnapshotLocations { get; init; } = [];

    /// <summary>Hooks, as <c>spec.hooks.resources</c> takes them.</summary>
    public JsonArray? Hooks { get; init; }

    /// <summary>Objects of a resource that are backed up in this order: <c>pods</c> to <c>shop/db-0,shop/db-1</c>.</summary>
    public IReadOnlyDictionary<string, string> OrderedResources { get; init; } = new Dictionary<string, string>();

    /// <summary>Labels of the Backup.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>A ConfigMap with policies for volumes, or null.</summary>
    public string? ResourcePolicy { get; init; }

    /// <summary>How long a snapshot of a CSI driver may take; null for the server's own.</summary>
    public TimeSpan? CsiSnapshotTimeout { get; init; }

    /// <summary>How long operations of plugins may take; null for the server's own.</summary>
    public TimeSpan? ItemOperationTimeout { get; init; }
}
