using KonUpgrade.Engine.Nodepools.Providers;

namespace KonUpgrade.Completion;

/// <summary>Completes the names of those who keep pools.</summary>
public sealed class NodepoolProviderCompleter : CompletionBase
{
    private protected override Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken) =>
        Task.FromResult(NodepoolProviders.Names.Select(static name => new CompletionChoice(name)));
}
