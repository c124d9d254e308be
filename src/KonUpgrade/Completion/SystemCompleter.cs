using KonUpgrade.Engine.Systems;

namespace KonUpgrade.Completion;

/// <summary>Completes the names of systems.</summary>
public sealed class SystemCompleter : CompletionBase
{
    private protected override Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken) =>
        Task.FromResult(new SystemCatalog().All.Select(static system => new CompletionChoice(system.Name, system.Title)));
}
