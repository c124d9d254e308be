using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>What an upgrade runs with: the clusters, the system, and where files go. It belongs to its maker.</summary>
public sealed record UpgradeSession
{
    /// <summary>The cluster that serves now.</summary>
    public required ClusterConnection Blue { get; init; }

    /// <summary>The cluster that is to serve.</summary>
    public required ClusterConnection Green { get; init; }

    /// <summary>One of the two; green where neither is named.</summary>
    public ClusterConnection Of(UpgradeSide side) => side == UpgradeSide.Blue ? Blue : Green;

    /// <summary>The system as which they are moved.</summary>
    public required SystemDefinition System { get; init; }

    /// <summary>The directory for what steps write, such as exports. A full path.</summary>
    public required string WorkPath { get; init; }

    /// <summary>Who runs it.</summary>
    public required IUpgradeHost Host { get; init; }

    /// <summary>As whom AWS is asked, and where steps do not say it.</summary>
    public AwsOptions Aws { get; init; } = new();

    /// <summary>Called before every change outside the clusters; it throws where nothing may be changed any more.</summary>
    public Action Guard { get; init; } = static () => { };

    /// <summary>What Secrets are encrypted with, where the plan says so.</summary>
    public SealingKey? Sealing { get; init; }

    /// <summary>What opens encrypted files.</summary>
    public OpeningKey? Opening { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How many objects are written at once; null for what each step does by itself.</summary>
    public int? ThrottleLimit { get; init; }
}
