using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Upgrades;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Reports;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>What report is to be written, as the command line says it.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="Path">The report's file, as a full path.</param>
internal sealed record ReportRequest(JournalRequest Journal, string Path)
{
    /// <summary>For whom; null for what the file's name says.</summary>
    public UpgradeReportFormat? Format { get; init; }

    /// <summary>Where the upgrade's files are; null for what the journal says.</summary>
    public string? WorkPath { get; init; }

    /// <summary>The upgrade that the journal must be of; null where any is meant.</summary>
    public BlueGreenUpgrade? Meant { get; init; }

    /// <summary>Whether a file that is there is replaced.</summary>
    public bool Replaces { get; init; }

    /// <summary>Whether the file is given.</summary>
    public bool Gives { get; init; }
}

/// <summary>Writes the reports of upgrades.</summary>
internal static class ReportOperation
{
    /// <summary>Writes a report.</summary>
    public static async IAsyncEnumerable<FileInfo> WriteAsync(ReportRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = request.Path;
        JournalFile.Spare(path);
        if (Directory.Exists(path) || (!request.Replaces && File.Exists(path)))
            throw new UpgradeException(Exists(path));
        var journal = await request.Journal.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (journal.ConfigureAwait(false))
        {
            var upgrade = await UpgradeRun.ReadAsync(journal.Place, cancellationToken).ConfigureAwait(false);
            if (request.Meant is { } meant && (meant.Name, meant.Blue.ClusterUid, meant.Green?.ClusterUid) != (upgrade.Name, upgrade.Blue.ClusterUid, upgrade.Green?.ClusterUid))
                throw new UpgradeException(Other(meant, upgrade));
            if (!await host.ShouldProcessAsync(path, $"Write the report of {upgrade.Name}", cancellationToken).ConfigureAwait(false))
                yield break;
            await ReportFile.WriteAsync(journal.Place, request.Format ?? ReportFile.FormatOf(path), plan => request.WorkPath ?? request.Journal.WorkPath(plan), path, cancellationToken).ConfigureAwait(false);
        }

        if (request.Gives)
            yield return new FileInfo(path);
    }

    private static Failure Exists(string path) => new()
    {
        Id = "ReportFileExists",
        Kind = FailureKind.AlreadyExists,
        Message = Directory.Exists(path) ? $"{path} is a directory." : $"There is a file {path} already.",
        Recommendation = Directory.Exists(path) ? "Name a file." : "Name another one, or replace it with -Force.",
        Target = path,
    };

    private static Failure Other(BlueGreenUpgrade meant, BlueGreenUpgrade there) => new()
    {
        Id = "OtherUpgrade",
        Kind = FailureKind.Refused,
        Message = $"The journal is of another upgrade than the one that came in: it has {there.Name}, {(there.Green is { } green ? $"from {there.Blue.Context} to {green.Context}" : $"of {there.Blue.Context} in place")}, and {meant.Name} of other clusters is meant. Nothing was written.",
        Recommendation = "Name the journal that is meant with -JournalPath or -JournalCluster.",
        Target = meant.Name,
    };
}
