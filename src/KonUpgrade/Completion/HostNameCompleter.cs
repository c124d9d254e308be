using KonUpgrade.Engine.Traffic;

namespace KonUpgrade.Completion;

/// <summary>Completes host names: those that Ingresses, Gateways and Services of the line's cluster name.</summary>
public sealed class HostNameCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var cluster = await bound.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            var addresses = await ClusterAddress.ListAsync(cluster, cancellationToken).ConfigureAwait(false);
            return [.. addresses.SelectMany(static address => address.Hosts).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(static host => new CompletionChoice(host))];
        }
    }
}
