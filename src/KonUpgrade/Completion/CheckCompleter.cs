using KonUpgrade.Engine.Systems;

namespace KonUpgrade.Completion;

/// <summary>Completes the ids of checks, those of every system included.</summary>
public sealed class CheckCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var catalog = await bound.SystemsAsync(cancellationToken).ConfigureAwait(false);
        return SystemChecks.Health(catalog.Descriptions).Select(static check => new CompletionChoice(check.Rule.Id, check.Rule.Title));
    }
}
