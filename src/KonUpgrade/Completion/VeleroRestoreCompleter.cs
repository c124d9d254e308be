using KonUpgrade.Engine.Velero;

namespace KonUpgrade.Completion;

/// <summary>Completes the names of Velero's restores, of the cluster that the line names or the current one.</summary>
public sealed class VeleroRestoreCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var cluster = await bound.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            List<CompletionChoice> choices = [];
            var reader = new VeleroReader(cluster, NullReporter.Instance);
            await foreach (var restore in reader.RestoresAsync(new VeleroFilter { VeleroNamespace = bound.VeleroNamespace }, cancellationToken).ConfigureAwait(false))
                choices.Add(new CompletionChoice(restore.Name, $"{restore.Phase}, of {restore.BackupName ?? restore.ScheduleName}"));
            return choices;
        }
    }
}
