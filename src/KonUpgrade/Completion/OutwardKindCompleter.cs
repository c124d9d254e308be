using KonUpgrade.Engine.Configuration.Systems;

namespace KonUpgrade.Completion;

/// <summary>Completes the kinds that wait in an import since they act on the world outside the cluster.</summary>
public sealed class OutwardKindCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var catalog = await bound.SystemsAsync(cancellationToken).ConfigureAwait(false);
        var system = bound.System is { } name && catalog.All.Any(s => string.Equals(s.Name, name, StringComparison.OrdinalIgnoreCase)) ? catalog.Get(name) : catalog.Own ?? catalog.Whole;
        return OutwardRules.Kinds(system.Description).Select(static kind => new CompletionChoice(kind, $"{kind}, where it acts outside the cluster"));
    }
}
