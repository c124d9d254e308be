namespace KonUpgrade.Model;

/// <summary>A backup that is brought into a cluster, as Velero does it.</summary>
public sealed record VeleroRestore : VeleroOperation
{
    /// <summary>The backup.</summary>
    public string? BackupName { get; init; }

    /// <summary>The schedule whose latest backup is meant; null where a backup is named.</summary>
    public string? ScheduleName { get; init; }

    /// <summary>The namespaces that are brought back; none for all.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> IncludedNamespaces { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The resources that are brought back; none for all.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> IncludedResources { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The resources that are not brought back. Velero's server adds what it never restores.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> ExcludedResources { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The namespaces that become others.</summary>
    public IReadOnlyDictionary<string, string> NamespaceMapping { get; init; } = new Dictionary<string, string>();

    /// <summary>What becomes of what is there and differs: <c>none</c>, <c>update</c>; null where nothing is said, which is none.</summary>
    public string? ExistingResourcePolicy { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Phase}";
}
