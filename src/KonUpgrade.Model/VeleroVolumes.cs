namespace KonUpgrade.Model;

/// <summary>How Velero backs the data of volumes up.</summary>
public enum VeleroVolumes
{
    /// <summary>As its server is set up.</summary>
    Default,

    /// <summary>By snapshots, which stay where they are made: those of AWS can't be used in another region.</summary>
    Snapshot,

    /// <summary>By snapshots whose data is then moved into the bucket.</summary>
    SnapshotAndMove,

    /// <summary>File by file, into the bucket, of volumes that pods have mounted.</summary>
    FileSystem,

    /// <summary>Not at all.</summary>
    None,
}
