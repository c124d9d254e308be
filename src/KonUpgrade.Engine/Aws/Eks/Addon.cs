namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>An add-on of a cluster, as DescribeAddon tells it.</summary>
public sealed record Addon
{
    /// <summary>The name: <c>vpc-cni</c>.</summary>
    public string AddonName { get; init; } = "";

    /// <summary>The version that is installed: <c>v1.20.1-eksbuild.1</c>.</summary>
    public string? AddonVersion { get; init; }

    /// <summary>The status: see <see cref="AddonStatus"/>.</summary>
    public string? Status { get; init; }

    /// <summary>What is wrong with it.</summary>
    public Health? Health { get; init; }

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }
}

/// <summary>Statuses of an add-on that are known; what ends in <c>_FAILED</c> is a failure.</summary>
public static class AddonStatus
{
    /// <summary>It works.</summary>
    public const string Active = "ACTIVE";

    /// <summary>It does not work as it should.</summary>
    public const string Degraded = "DEGRADED";
}

/// <summary>An add-on with the versions that there are of it.</summary>
public sealed record AddonInfo
{
    /// <summary>The name.</summary>
    public string AddonName { get; init; } = "";

    /// <summary>Its versions, the newest first.</summary>
    public IReadOnlyList<AddonVersionInfo> AddonVersions { get; init; } = [];
}

/// <summary>A version of an add-on.</summary>
public sealed record AddonVersionInfo
{
    /// <summary>The version.</summary>
    public string AddonVersion { get; init; } = "";

    /// <summary>The versions of clusters that it is for.</summary>
    public IReadOnlyList<Compatibility> Compatibilities { get; init; } = [];

    /// <summary>Whether it is for clusters of a version.</summary>
    internal bool IsFor(string clusterVersion) => Compatibilities.Any(one => one.ClusterVersion == clusterVersion);

    /// <summary>Whether it is what clusters of a version get where nobody says which.</summary>
    internal bool IsDefaultFor(string clusterVersion) => Compatibilities.Any(one => one.ClusterVersion == clusterVersion && one.DefaultVersion == true);
}

/// <summary>Clusters that a version of an add-on is for.</summary>
public sealed record Compatibility
{
    /// <summary>Their version: <c>1.34</c>.</summary>
    public string? ClusterVersion { get; init; }

    /// <summary>Whether it is what they get where nobody says which.</summary>
    public bool? DefaultVersion { get; init; }
}
