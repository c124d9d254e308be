using KonUpgrade.Engine.Nodepools.Providers;

namespace KonUpgrade.Completion;

/// <summary>Completes the names of the pools, of the cluster that the line names or the current one.</summary>
public sealed class NodepoolCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var cluster = await bound.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
            return (await new LabelledNodes(cluster, selector: null).ListAsync(cancellationToken).ConfigureAwait(false)).Select(static pool => new CompletionChoice(pool.Name));
    }
}
