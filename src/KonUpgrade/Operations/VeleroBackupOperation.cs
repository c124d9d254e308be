using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Makes backups with Velero.</summary>
internal static class VeleroBackupOperation
{
    /// <summary>Gives the backup when it has ended, or at once where it is not waited for.</summary>
    /// <param name="request">The cluster.</param>
    /// <param name="backup">What is asked for.</param>
    /// <param name="wait">How long its end is waited for; null for not at all.</param>
    /// <param name="host">The pipeline.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async IAsyncEnumerable<VeleroBackup> RunAsync(
        ClusterRequest request, VeleroBackupRequest backup, VeleroWaitOptions? wait, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cluster = await request.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            var taker = new VeleroBackupTaker(cluster, backup, host);
            var prepared = await taker.PrepareAsync(cancellationToken).ConfigureAwait(false);
            // What is there already is no change, and no question.
            if (prepared.Existing is null
                && !await host.ShouldProcessAsync(prepared.Name, $"Back up {prepared.Description}, from {cluster.Context.Name}", cancellationToken).ConfigureAwait(false))
                yield break;
            var begun = await taker.StartAsync(prepared, cancellationToken).ConfigureAwait(false) with { Managed = request.Managed };
            var tally = new VeleroTally(cluster.Context.Name);
            await foreach (var one in VeleroWaiting.EachAsync(cluster, [begun], wait, host, cancellationToken).ConfigureAwait(false))
                yield return tally.Count(one);
            tally.Tell(host);
        }
    }
}
