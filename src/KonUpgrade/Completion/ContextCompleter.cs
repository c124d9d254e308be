using KonUpgrade.Engine.Connections;

namespace KonUpgrade.Completion;

/// <summary>Completes the names of contexts, of the kubeconfig that the line names.</summary>
public sealed class ContextCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var config = await KubeConfig.LoadAsync(bound.KubeConfigPath, cancellationToken, bound.Location).ConfigureAwait(false);
        return config.Contexts.Select(static context => new CompletionChoice(context.Name, $"{context.Name}: {context.Server}"));
    }
}
