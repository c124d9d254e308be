using KonUpgrade.Engine.Velero;

namespace KonUpgrade.Completion;

/// <summary>Completes the names of Velero's backups, of the cluster that the line names or the current one.</summary>
public sealed class VeleroBackupCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var cluster = await bound.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            List<CompletionChoice> choices = [];
            var reader = new VeleroReader(cluster, NullReporter.Instance);
            await foreach (var backup in reader.BackupsAsync(new VeleroFilter { VeleroNamespace = bound.VeleroNamespace }, cancellationToken).ConfigureAwait(false))
                choices.Add(new CompletionChoice(backup.Name, $"{backup.Phase}, {backup.StartTimestamp?.UtcDateTime:u}"));
            return choices;
        }
    }
}
