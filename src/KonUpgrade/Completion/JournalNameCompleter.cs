using KonUpgrade.Engine.Upgrades;

namespace KonUpgrade.Completion;

/// <summary>Completes the names of the upgrades whose journals the cluster on the line keeps.</summary>
public sealed class JournalNameCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        if (bound.JournalCluster is not { } keeper)
            return [];
        var cluster = await keeper.OpenAsync(NullReporter.Instance, cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
            return (await UpgradeRun.NamesAsync(cluster, cancellationToken).ConfigureAwait(false)).Select(static name => new CompletionChoice(name));
    }
}
