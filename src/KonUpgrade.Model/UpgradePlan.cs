namespace KonUpgrade.Model;

/// <summary>What an upgrade is to do, step by step: from a blue cluster to a green one, or of one cluster in its place. It changes nothing by itself.</summary>
public sealed record UpgradePlan
{
    /// <summary>The name of the upgrade: small letters, digits and hyphens. What the upgrade makes carries it.</summary>
    public required string Name { get; init; }

    /// <summary>The system as which the clusters are moved.</summary>
    public required string System { get; init; }

    /// <summary>How the version is reached: by a second cluster, or in place.</summary>
    public UpgradeWay Way => Green is null ? UpgradeWay.InPlace : UpgradeWay.BlueGreen;

    /// <summary>The cluster that serves now; in place, the one that is upgraded.</summary>
    public required UpgradeCluster Blue { get; init; }

    /// <summary>The cluster that is to serve; null in place.</summary>
    public UpgradeCluster? Green { get; init; }

    /// <summary>The version that the system is to become in place, as whoever made the plan named it: <c>2.31</c>; null where the plan does not say.</summary>
    public string? TargetVersion { get; init; }

    /// <summary>What of the configuration is moved; everything of the system unless told.</summary>
    public ClusterConfigSelection Selection { get; init; } = new();

    /// <summary>What becomes of Secrets, and of what the system names as sensitive.</summary>
    public SecretHandling Secret { get; init; }

    /// <summary>What becomes of claims and volumes.</summary>
    public VolumeHandling Volume { get; init; }

    /// <summary>Kinds that may act on the world outside green as soon as they arrive; <c>*</c> for all.</summary>
    public IReadOnlyList<string> AllowOutward { get; init; } = [];

    /// <summary>The steps, in an order in which they can be done one after the other.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public required IReadOnlyList<UpgradeStep> Steps { get; init => field = value.ToArray(); }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
