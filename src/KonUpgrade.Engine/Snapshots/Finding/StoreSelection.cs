using KonUpgrade.Engine.Connections;

namespace KonUpgrade.Engine.Snapshots.Finding;

/// <summary>What is to be backed up, in all the ways in which it can be said; all of them together.</summary>
public sealed record StoreSelection
{
    /// <summary>By ARN.</summary>
    public IReadOnlyList<string> ResourceArns { get; init; } = [];

    /// <summary>What has all of these tags, each with one of its values; no values for any.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Tags { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Databases of RDS and Aurora: identifiers, endpoints or ARNs.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];

    /// <summary>Buckets, by name.</summary>
    public IReadOnlyList<string> Buckets { get; init; } = [];

    /// <summary>The cluster whose volumes are meant; null for none.</summary>
    public ClusterConnection? Cluster { get; init; }

    /// <summary>The namespaces of the cluster whose claims' volumes are meant; none for all volumes.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];
}
