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
            var source = new NodepoolSource { Provider = bound.Provider, Aws = bound.Aws.Options() };
            using var providers = await NodepoolProviders.OpenAsync(cluster, source, NullReporter.Instance, cancellationToken).ConfigureAwait(false);
            return (await providers.ListAsync(mayFallBack: true, cancellationToken).ConfigureAwait(false))
                .Select(static kept => new CompletionChoice(kept.Pool.Name, $"{kept.Pool.Provider}, {kept.Pool.NodeCount} nodes"));
        }
    }
}
