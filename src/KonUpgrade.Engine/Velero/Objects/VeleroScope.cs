namespace KonUpgrade.Engine.Velero.Objects;

/// <summary>What of a cluster, or of a backup, is meant.</summary>
public sealed record VeleroScope
{
    /// <summary>The namespaces; none for all.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>The namespaces that are left out.</summary>
    public IReadOnlyList<string> ExcludedNamespaces { get; init; } = [];

    /// <summary>The kinds, as kubectl takes them; none for all.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>The kinds that are left out.</summary>
    public IReadOnlyList<string> ExcludedKinds { get; init; } = [];

    /// <summary>Label selectors as kubectl takes them; what fits one of them is meant.</summary>
    public IReadOnlyList<string> LabelSelectors { get; init; } = [];

    /// <summary>Whether objects of the cluster itself are meant; null for those that belong to what is meant.</summary>
    public bool? IncludeClusterResources { get; init; }
}
