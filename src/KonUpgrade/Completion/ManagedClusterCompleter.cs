using KonUpgrade.Engine.Connections;

namespace KonUpgrade.Completion;

/// <summary>Completes the names of managed clusters, of the region and with the login that the line names.</summary>
public sealed class ManagedClusterCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        using var clusters = new ManagedClusters(bound.Aws.Options(), NullReporter.Instance);
        List<CompletionChoice> choices = [];
        await foreach (var name in clusters.NamesAsync(cancellationToken).ConfigureAwait(false))
            choices.Add(new CompletionChoice(name));
        return choices;
    }
}
