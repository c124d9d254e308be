namespace KonUpgrade.Completion;

/// <summary>Completes the names of systems.</summary>
public sealed class SystemCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var catalog = await bound.SystemsAsync(cancellationToken).ConfigureAwait(false);
        return catalog.All.Select(static system => new CompletionChoice(system.Name, system.Title));
    }
}
