using KonUpgrade.Engine.Connections;

namespace KonUpgrade.Operations;

/// <summary>Whether a context still leads to the cluster that objects were read from: names change hands.</summary>
internal static class GivenIdentity
{
    /// <summary>Looks.</summary>
    /// <param name="cluster">The cluster that the context leads to now.</param>
    /// <param name="meant">The identity that it must have; null where any will do.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">OtherCluster.</exception>
    public static async Task RequireAsync(ClusterConnection cluster, string? meant, CancellationToken cancellationToken)
    {
        if (meant is null || (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid == meant)
            return;
        throw new UpgradeException(new Failure
        {
            Id = "OtherCluster",
            Kind = FailureKind.Refused,
            Message = $"The objects were read from another cluster than the one that the context '{cluster.Context.Name}' leads to now.",
            Recommendation = "Read them again; or name the cluster that is meant with -Cluster.",
            Target = cluster.Context.Name,
        });
    }
}
