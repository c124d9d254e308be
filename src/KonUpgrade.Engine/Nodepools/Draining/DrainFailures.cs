using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining;

/// <summary>What can keep a pool from being drained wholly.</summary>
internal static class DrainFailures
{
    public static Failure EvictionNotServed(string cluster) => new()
    {
        Id = "EvictionNotServed",
        Kind = FailureKind.NotSupported,
        Message = $"{cluster} offers no eviction of pods.",
        Recommendation = "Without it no budget can be kept; where that is meant, delete the pods with -DisableEviction.",
        Target = cluster,
    };

    public static Failure NotHealthy(NodepoolBatch batch, IReadOnlyList<string> lacking, TimeSpan timeout) => new()
    {
        Id = "WorkloadsNotAvailable",
        Kind = FailureKind.Timeout,
        Message = string.Create(CultureInfo.InvariantCulture, $"{batch.Nodepool}: after batch {batch.Number} not all workloads are available again within {timeout}: {NameList.Some(lacking)}. {batch.Remaining} nodes are not drained."),
        Recommendation = "Look at their pods (kubectl describe), then run the command again: it goes on with the nodes that are left.",
        Target = batch.Nodepool,
    };

    public static Failure NotLetOn(NodepoolBatch batch) => new()
    {
        Id = "GateRefused",
        Kind = FailureKind.Refused,
        Message = string.Create(CultureInfo.InvariantCulture, $"{batch.Nodepool}: the script block lets nothing begin after batch {batch.Number}; {batch.Remaining} nodes are not drained."),
        Recommendation = "Run the command again when it may go on: it goes on with the nodes that are left.",
        Target = batch.Nodepool,
    };
}
