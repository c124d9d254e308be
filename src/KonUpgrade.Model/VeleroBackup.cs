namespace KonUpgrade.Model;

/// <summary>A backup of what is in a cluster, as Velero makes it.</summary>
public sealed record VeleroBackup : VeleroOperation
{
    /// <summary>The storage location that it is kept in, as its cluster calls it.</summary>
    public string? StorageLocation { get; init; }

    /// <summary>The bucket of that location; null where that was not looked at.</summary>
    public string? Bucket { get; init; }

    /// <summary>The prefix within the bucket; null for none.</summary>
    public string? Prefix { get; init; }

    /// <summary>The schedule that made it; null where none did.</summary>
    public string? ScheduleName { get; init; }

    /// <summary>The namespaces that it is of; none for all.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> IncludedNamespaces { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The namespaces that were left out.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> ExcludedNamespaces { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The resources that it is of; none for all.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> IncludedResources { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>Its place in the queue; null where it does not wait.</summary>
    public int? QueuePosition { get; init; }

    /// <summary>How many volumes were snapshotted by plugins.</summary>
    public VeleroCount VolumeSnapshots { get; init; } = new();

    /// <summary>How many volumes were snapshotted by CSI drivers.</summary>
    public VeleroCount CsiVolumeSnapshots { get; init; } = new();

    /// <summary>When Velero deletes it.</summary>
    public DateTimeOffset? Expiration { get; init; }

    /// <summary>The version of the cluster that it was taken of: <c>v1.30.9-eks-8cce635</c>.</summary>
    public string? SourceVersion { get; init; }

    /// <summary>The identity of the cluster that it was taken of; null where others than this module made it.</summary>
    public string? SourceClusterUid { get; init; }

    /// <summary>The version of the Velero that took it; null where others than this module made it.</summary>
    public string? VeleroVersion { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Phase}";
}
