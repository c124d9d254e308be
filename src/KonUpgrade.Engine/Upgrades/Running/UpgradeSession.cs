using System.Net;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Engine.Traffic;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>What an upgrade runs with: the clusters, the system, and where files go. It belongs to its maker.</summary>
public sealed record UpgradeSession
{
    /// <summary>The cluster that serves now; in place, the one that is upgraded.</summary>
    public required ClusterConnection Blue { get; init; }

    /// <summary>The cluster that is to serve; null in place.</summary>
    public ClusterConnection? Green { get; init; }

    /// <summary>One of the two; where neither is named green, and in place the only one.</summary>
    /// <exception cref="UpgradeException">NoGreen.</exception>
    public ClusterConnection Of(UpgradeSide side) => side switch
    {
        UpgradeSide.Blue => Blue,
        UpgradeSide.None => Green ?? Blue,
        _ => Green ?? throw new UpgradeException(NoGreen(Blue.Context.Name)),
    };

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

    /// <summary>Asks DNS for the addresses of a name; none for a name that it does not know.</summary>
    public Func<string, CancellationToken, Task<IReadOnlyList<IPAddress>>> LookUp { get; init; } = TrafficSight.LookUpHereAsync;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How many objects are written at once; null for what each step does by itself.</summary>
    public int? ThrottleLimit { get; init; }

    // A plan with such a step is refused before: this is for whoever calls the engine with other clusters than the plan's.
    private static Failure NoGreen(string cluster) => new()
    {
        Id = "NoGreen",
        Kind = FailureKind.InvalidArgument,
        Message = $"{cluster} is upgraded in place: there is no green cluster.",
        Recommendation = "A step about green belongs into a plan from blue to green.",
        Target = cluster,
    };
}
