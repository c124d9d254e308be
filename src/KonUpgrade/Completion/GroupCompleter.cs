using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Completion;

/// <summary>Completes API groups, of the cluster that the line names or the current one.</summary>
public sealed class GroupCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var catalog = await CatalogCompletion.DiscoverAsync(bound, cancellationToken).ConfigureAwait(false);
        return catalog.Resources
            .Select(static resource => ApiGroup.Word(resource.Group))
            .Distinct(StringComparer.Ordinal)
            .Select(static group => new CompletionChoice(group));
    }
}
