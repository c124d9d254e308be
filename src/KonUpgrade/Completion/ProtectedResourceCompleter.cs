using KonUpgrade.Engine.Aws.Backup;

namespace KonUpgrade.Completion;

/// <summary>Completes ARNs of what was backed up before, of the region and with the login that the line names.</summary>
public sealed class ProtectedResourceCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        using var client = new BackupClient(bound.Aws.Options(), NullReporter.Instance);
        List<CompletionChoice> choices = [];
        await foreach (var resource in client.ListProtectedResourcesAsync(cancellationToken).ConfigureAwait(false))
            choices.Add(new CompletionChoice(resource.ResourceArn));
        return choices;
    }
}
