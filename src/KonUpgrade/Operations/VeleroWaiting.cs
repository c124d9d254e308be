using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Waits for backups and restores of Velero.</summary>
internal static class VeleroWaiting
{
    /// <summary>Gives each of a cluster when it has ended.</summary>
    /// <param name="request">The cluster.</param>
    /// <param name="given">What came in; it must be of that cluster.</param>
    /// <param name="names">What is named, of the cluster's own.</param>
    /// <param name="wait">How long.</param>
    /// <param name="host">The pipeline.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async IAsyncEnumerable<T> RunAsync<T>(
        ClusterRequest request, IReadOnlyList<T> given, Func<ClusterConnection, IAsyncEnumerable<T>>? names, VeleroWaitOptions wait, IPipelineHost host,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : VeleroOperation
    {
        var cluster = await request.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            foreach (var meant in given.Select(one => one.ClusterUid).Distinct(StringComparer.Ordinal))
                await GivenIdentity.RequireAsync(cluster, meant, cancellationToken).ConfigureAwait(false);
            var all = new List<T>(given);
            if (names is not null)
            {
                await foreach (var named in names(cluster).WithCancellation(cancellationToken).ConfigureAwait(false))
                    all.Add(named);
            }

            var tally = new VeleroTally(cluster.Context.Name);
            await foreach (var one in EachAsync(cluster, all, wait, host, cancellationToken).ConfigureAwait(false))
                yield return (T)tally.Count((VeleroOperation)one with { Managed = request.Managed });
            tally.Tell(host);
        }
    }

    /// <summary>Gives each when it has ended, or all as they are where they are not waited for.</summary>
    public static IAsyncEnumerable<T> EachAsync<T>(ClusterConnection cluster, IReadOnlyList<T> begun, VeleroWaitOptions? wait, IPipelineHost host, CancellationToken cancellationToken)
        where T : VeleroOperation =>
        wait is null ? AsTheyAre(begun) : new VeleroWaiter(cluster, host).WaitAsync(begun, wait, cancellationToken);

    private static async IAsyncEnumerable<T> AsTheyAre<T>(IReadOnlyList<T> begun)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var one in begun)
            yield return one;
    }
}
