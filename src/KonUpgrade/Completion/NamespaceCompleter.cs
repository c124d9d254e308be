using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Completion;

/// <summary>Completes the names of namespaces, of the cluster that the line names or the current one.</summary>
public sealed class NamespaceCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var namespaces = new ApiResource { Group = "", Version = "v1", Kind = "Namespace", Plural = "namespaces", Namespaced = false };
        var cluster = await bound.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            List<CompletionChoice> choices = [];
            await foreach (var found in cluster.Client.ListAsync(namespaces, ListOptions.All, cancellationToken).ConfigureAwait(false))
            {
                choices.Add(new CompletionChoice(found.Name));
                found.Dispose();
            }

            return choices;
        }
    }
}
