namespace KonUpgrade.Completion;

/// <summary>Completes the ways to buy nodes that are known; others are let through.</summary>
public sealed class CapacityTypeCompleter : CompletionBase
{
    private static readonly string[] s_known =
    [
        "ON_DEMAND", "SPOT", "CAPACITY_BLOCK",
    ];

    private protected override Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken) =>
        Task.FromResult(s_known.Select(static word => new CompletionChoice(word)));
}
