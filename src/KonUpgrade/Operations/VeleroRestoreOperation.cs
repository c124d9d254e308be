using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Brings backups of Velero into clusters.</summary>
internal static class VeleroRestoreOperation
{
    /// <summary>Gives each restore when it has ended, or at once where it is not waited for. One that did not end well keeps those after it from being begun.</summary>
    /// <param name="request">The cluster that it is brought into.</param>
    /// <param name="backup">The backup.</param>
    /// <param name="restores">How: one restore after the other.</param>
    /// <param name="wait">How long the end of each is waited for; null for not at all.</param>
    /// <param name="host">The pipeline.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async IAsyncEnumerable<VeleroRestore> RunAsync(
        ClusterRequest request, VeleroBackup backup, IReadOnlyList<VeleroRestoreRequest> restores, VeleroWaitOptions? wait, IPipelineHost host,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cluster = await request.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            var tally = new VeleroTally(cluster.Context.Name);
            var isWhole = true;
            foreach (var restore in restores.TakeWhile(_ => isWhole))
            {
                var restorer = new VeleroRestorer(cluster, restore, host);
                var prepared = await restorer.PrepareAsync(backup, cancellationToken).ConfigureAwait(false);
                if (prepared.Existing is null)
                {
                    var answer = await host.AskToProcessAsync(prepared.Name, $"Restore {prepared.Description}, into {cluster.Context.Name}", cancellationToken).ConfigureAwait(false);
                    if (answer == ProcessAnswer.WhatIf)
                        continue;
                    if (answer == ProcessAnswer.No)
                        break;
                }

                var begun = await restorer.StartAsync(prepared, cancellationToken).ConfigureAwait(false) with { Managed = request.Managed };
                await foreach (var one in VeleroWaiting.EachAsync(cluster, [begun], wait, host, cancellationToken).ConfigureAwait(false))
                {
                    isWhole = one.Failure is null;
                    yield return tally.Count(one);
                }
            }

            tally.Tell(host);
        }
    }
}
