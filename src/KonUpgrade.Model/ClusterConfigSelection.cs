namespace KonUpgrade.Model;

/// <summary>What of a cluster's configuration is meant. Empty lists mean everything.</summary>
public sealed record ClusterConfigSelection
{
    /// <summary>API groups; the core group is written <c>core</c>.</summary>
    public IReadOnlyList<string> Group { get; init; } = [];

    /// <summary>Kinds, as <c>Deployment</c>, <c>deployments</c> or, where several groups have one, <c>App.k11n.dev</c>.</summary>
    public IReadOnlyList<string> Kind { get; init; } = [];

    /// <summary>Namespaces. When any is named, objects without a namespace are left out, except the namespaces themselves.</summary>
    public IReadOnlyList<string> Namespace { get; init; } = [];

    /// <summary>A label selector as kubectl takes it, or null.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Whether nothing narrows it: all of the cluster, or of the system, is meant.</summary>
    public bool IsEverything() => Group.Count == 0 && Kind.Count == 0 && Namespace.Count == 0 && string.IsNullOrEmpty(LabelSelector);
}
