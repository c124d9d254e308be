using KonUpgrade.Engine.Connections;

namespace KonUpgrade.Engine.Systems.Kubermatic.Reconciling;

/// <summary>Which limits are looked at, and how.</summary>
public sealed record ReconcileLimitOptions
{
    /// <summary>The namespace of the KubermaticConfiguration; null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>The name of the KubermaticConfiguration; null for any.</summary>
    public string? Name { get; init; }

    /// <summary>How long a cluster may be in progress before it counts as failing.</summary>
    public TimeSpan FailingAfter { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How the clusters of seeds are connected to.</summary>
    public ConnectionOptions Connection { get; init; } = new();
}
