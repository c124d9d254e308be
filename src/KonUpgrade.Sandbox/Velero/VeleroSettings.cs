namespace KonUpgrade.Sandbox.Velero;

/// <summary>How the simulated Velero servers work. All times are times of a clock that they share.</summary>
public sealed record VeleroSettings
{
    /// <summary>Seconds of their clock in one real second; 0: it stands still until it is moved.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Buckets that are there beside those of the installations.</summary>
    public IReadOnlyList<string> Buckets { get; init; } = [];

    /// <summary>How many items a backup or restore handles in a second.</summary>
    public double ItemsPerSecond { get; init; } = 100;

    /// <summary>How long a backup or restore is InProgress at least.</summary>
    public TimeSpan RunsAtLeast { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long data that is moved keeps a backup or restore WaitingForPluginOperations.</summary>
    public TimeSpan OperationsTake { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a backup or restore is Finalizing.</summary>
    public TimeSpan FinalizesFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often backups of a storage location are synced where it does not tell; <see cref="TimeSpan.Zero"/>: never.</summary>
    public TimeSpan SyncPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a storage location is validated where it does not tell.</summary>
    public TimeSpan ValidationFrequency { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often expired backups are looked for.</summary>
    public TimeSpan CollectionPeriod { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long the URL of a download holds.</summary>
    public TimeSpan DownloadsLast { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What the URLs of downloads begin with. Null: the sandbox's own object storage, which answers them.</summary>
    public Uri? DownloadAddress { get; init; }
}

/// <summary>One cluster's Velero.</summary>
public sealed record VeleroInstallation
{
    /// <summary>The namespace of its server and its objects.</summary>
    public string Namespace { get; init; } = "velero";

    /// <summary>The server's version. From v1.18 on backups that have to wait are Queued.</summary>
    public string Version { get; init; } = "v1.16.2";

    /// <summary>The bucket of its storage location, which is called <c>default</c>.</summary>
    public string Bucket { get; init; } = "velero";

    /// <summary>Where in the bucket its storage location is; clusters that are to see each other's backups have the same.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The storage location's region.</summary>
    public string Region { get; init; } = "eu-central-1";

    /// <summary>ReadWrite or ReadOnly.</summary>
    public string AccessMode { get; init; } = "ReadWrite";

    /// <summary>The role that its ServiceAccount names (IRSA); null: one of the cluster's name; empty: none is named.</summary>
    public string? RoleArn { get; init; }

    /// <summary>It has a node agent, without which no files of volumes are backed up.</summary>
    public bool NodeAgent { get; init; } = true;
}
