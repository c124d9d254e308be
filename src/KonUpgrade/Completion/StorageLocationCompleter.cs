using KonUpgrade.Engine.Velero;

namespace KonUpgrade.Completion;

/// <summary>Completes the names of Velero's storage locations, of the cluster that the line names or the current one.</summary>
public sealed class StorageLocationCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var cluster = await bound.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            var locations = await new VeleroReader(cluster, NullReporter.Instance).LocationNamesAsync(bound.VeleroNamespace, cancellationToken).ConfigureAwait(false);
            return locations.Select(static location => new CompletionChoice(location.Name, location.Standing));
        }
    }
}
