using KonUpgrade.Engine.Readiness.Health;

namespace KonUpgrade.Completion;

/// <summary>Completes the ids of checks.</summary>
public sealed class CheckCompleter : CompletionBase
{
    private protected override Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken) =>
        Task.FromResult(HealthChecks.All.Select(static check => new CompletionChoice(check.Rule.Id, check.Rule.Title)));
}
