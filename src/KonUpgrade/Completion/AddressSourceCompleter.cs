using KonUpgrade.Engine.Traffic;

namespace KonUpgrade.Completion;

/// <summary>Completes objects that have a load balancer's address, of the line's cluster: blue's and green's have the same names.</summary>
public sealed class AddressSourceCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var cluster = await bound.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            var addresses = await ClusterAddress.ListAsync(cluster, cancellationToken).ConfigureAwait(false);
            return [.. addresses.Select(static address => address.Source).Distinct(StringComparer.Ordinal).Select(static source => new CompletionChoice(source))];
        }
    }
}
