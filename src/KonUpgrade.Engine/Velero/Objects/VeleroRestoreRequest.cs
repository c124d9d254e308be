using System.Text.Json.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero.Objects;

/// <summary>A restore that is asked for.</summary>
public sealed record VeleroRestoreRequest
{
    /// <summary>Its name; null for one that the request itself makes.</summary>
    public string? Name { get; init; }

    /// <summary>The namespace of Velero's server.</summary>
    public string VeleroNamespace { get; init; } = "velero";

    /// <summary>What of the backup is meant.</summary>
    public VeleroScope Selection { get; init; } = new();

    /// <summary>Namespaces that become others.</summary>
    public IReadOnlyDictionary<string, string> NamespaceMapping { get; init; } = new Dictionary<string, string>();

    /// <summary>What becomes of what is there and differs.</summary>
    public VeleroExisting Existing { get; init; }

    /// <summary>The kinds whose status is restored, too; none for none.</summary>
    public IReadOnlyList<string> StatusKinds { get; init; } = [];

    /// <summary>Whether volumes are restored from their snapshots; null for the server's own.</summary>
    public bool? RestoreVolumes { get; init; }

    /// <summary>Whether Services keep their node ports; null for the server's own.</summary>
    public bool? PreserveNodePorts { get; init; }

    /// <summary>Hooks, as <c>spec.hooks.resources</c> takes them.</summary>
    public JsonArray? Hooks { get; init; }

    /// <summary>A ConfigMap with rules that change objects on their way, or null.</summary>
    public string? ResourceModifier { get; init; }

    /// <summary>How long operations of plugins may take; null for the server's own.</summary>
    public TimeSpan? ItemOperationTimeout { get; init; }

    /// <summary>Whether a backup that is not whole is restored, too.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>Whether a backup of a newer Kubernetes is restored, too.</summary>
    public bool AllowOlderVersion { get; init; }

    /// <summary>How long it is waited for the backup to be synced into the cluster.</summary>
    public TimeSpan SyncTimeout { get; init; } = TimeSpan.FromMinutes(10);
}
