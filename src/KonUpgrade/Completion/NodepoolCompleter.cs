using KonUpgrade.Engine.Nodepools.Providers;

namespace KonUpgrade.Completion;

/// <summary>Completes the names of the pools, of the cluster that the line names or the current one.</summary>
public sealed class NodepoolCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var cluster = await bound.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            using var providers = NodepoolProviders.Open(cluster, new NodepoolSource { Provider = bound.Provider, Aws = bound.Aws.Options() }, NullReporter.Instance);
            return (await providers.ListAsync(mayFallBack: true, cancellationToken).ConfigureAwait(false))
                .Select(static kept => new CompletionChoice(kept.Pool.Name, $"{kept.Pool.Provider}, {kept.Pool.NodeCount} nodes"));
        }
    }
}
