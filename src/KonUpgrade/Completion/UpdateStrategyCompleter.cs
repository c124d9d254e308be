namespace KonUpgrade.Completion;

/// <summary>Completes the orders of an update that are known; others are let through.</summary>
public sealed class UpdateStrategyCompleter : CompletionBase
{
    private static readonly string[] s_known =
    [
        "DEFAULT", "MINIMAL",
    ];

    private protected override Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken) =>
        Task.FromResult(s_known.Select(static word => new CompletionChoice(word)));
}
