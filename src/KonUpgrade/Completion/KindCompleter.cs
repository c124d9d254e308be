using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Completion;

/// <summary>
/// Completes kinds: what the system on the line exports, or else what the cluster serves. Where the cluster does not
/// answer in time, what all systems speak of. For what suspends and resumes, only kinds that can be held.
/// </summary>
public sealed class KindCompleter : CompletionBase
{
    // The wait for the cluster leaves time to answer without it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var known = await bound.SystemsAsync(cancellationToken).ConfigureAwait(false);
        var systems = known.All;
        var named = systems.FirstOrDefault(system => string.Equals(system.Name, bound.System ?? known.Own?.Description.Name, StringComparison.OrdinalIgnoreCase));
        var holds = bound.Command.EndsWith("-ClusterWorkload", StringComparison.OrdinalIgnoreCase);
        var held = holds ? HoldRules.For((named is null ? known.Whole : known.Get(named.Name)).Description).Select(static means => means.KindAndGroup).ToHashSet(StringComparer.Ordinal) : null;
        if (!holds && named is { ExportedKind.Count: > 0 })
            return named.ExportedKind.Select(kind => new CompletionChoice(kind, $"{kind}, of {named.Title}"));

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var catalog = await CatalogCompletion.DiscoverAsync(bound, patience.Token).ConfigureAwait(false);
            return catalog.Resources
                .Where(resource => resource.Verbs.Contains("list") && held?.Contains(resource.KindAndGroup) != false)
                .GroupBy(static resource => resource.Kind, StringComparer.Ordinal)
                .SelectMany(static kinds => Choices([.. kinds.DistinctBy(static resource => resource.Group)]));
        }
        catch (Exception exception) when (exception is UpgradeException or OperationCanceledException)
        {
            if (held is not null)
                return held.Select(static kind => new CompletionChoice(kind));
            return systems.SelectMany(static system => system.ExportedKind).Select(static kind => new CompletionChoice(kind));
        }
    }

    private static IEnumerable<CompletionChoice> Choices(IReadOnlyList<ApiResource> sameKind) =>
        sameKind.Select(resource => new CompletionChoice(sameKind.Count > 1 ? resource.KindAndGroup : resource.Kind, resource.ToString()));
}
