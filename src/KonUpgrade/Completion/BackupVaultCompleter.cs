using KonUpgrade.Engine.Aws.Backup;

namespace KonUpgrade.Completion;

/// <summary>Completes the names of vaults, of the region and with the login that the line names.</summary>
public sealed class BackupVaultCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        using var client = new BackupClient(bound.Aws.Options(), NullReporter.Instance);
        List<CompletionChoice> choices = [];
        await foreach (var vault in client.ListBackupVaultsAsync(cancellationToken).ConfigureAwait(false))
            choices.Add(new CompletionChoice(vault.BackupVaultName));
        return choices;
    }
}
