using System.Text.Json;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Upgrades.Steps;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Reports;

/// <summary>What the last export of an upgrade left out, as its own list tells it. Nothing of the export is changed: another process may be writing to it.</summary>
internal static class LeftOutObjects
{
    /// <summary>Reads it.</summary>
    /// <param name="steps">The steps as they stand.</param>
    /// <param name="workPath">Where the upgrade's files are now, or null.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null where nothing was exported.</returns>
    public static async Task<ReportLeftOut?> ReadAsync(IReadOnlyList<UpgradeStep> steps, string? workPath, CancellationToken cancellationToken)
    {
        ReportLeftOut? lacking = null;
        foreach (var step in steps.Reverse().Where(step => step.Output.ContainsKey(ExportConfigWork.PathOutput)))
        {
            var written = step.Output[ExportConfigWork.PathOutput];
            var places = workPath is null ? [written] : new[] { Path.Combine(workPath, step.Id), written };
            var path = places.FirstOrDefault(place => File.Exists(Path.Combine(place, ExportLayout.Summary))) ?? written;
            var list = Path.Combine(path, ExportLayout.LeftOut);
            try
            {
                var summary = await ExportSummary.FindAsync(path, cancellationToken).ConfigureAwait(false);
                var lack = summary is null || !File.Exists(list) ? "the export is not here"
                    : summary.LeftOutSha256 is { } sum && await Sha256.OfFileAsync(list, cancellationToken).ConfigureAwait(false) != sum ? "the list is not as the export wrote it"
                    : null;
                if (lack is null)
                    return new ReportLeftOut(step.Id, summary!.Export.LeftOutCount, MovedObjects.Reasons(Lines(list)), list, null);
                lacking ??= new ReportLeftOut(step.Id, 0, [], list, lack);
            }
            catch (Exception e) when (e is UpgradeException or JsonException or InvalidDataException || FileFailures.IsOfFiles(e))
            {
                lacking ??= new ReportLeftOut(step.Id, 0, [], list, $"it can't be read: {ReportText.Of(e.Message)}");
            }
        }

        return lacking;
    }

    private static IEnumerable<(string Reason, bool IsFailure, string Name, long Count)> Lines(string list)
    {
        using var reader = LineReader.Open(list);
        while (reader.Read())
        {
            using var document = JsonIndex.Parse(reader.Current);
            var root = document.Root;
            var count = root.Member("count"u8) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : 1;
            var name = root.Member("name"u8).Text() ?? "";
            // A whole kind is one line, and what a controller makes is one of its owner.
            yield return (
                root.Member("reason"u8).Text() ?? "", false,
                name.Length > 0 ? ReportText.Name(root.Member("kind"u8).Text() ?? "", root.Member("namespace"u8).Text(), name) : root.Member("kind"u8).Text() ?? "", count);
        }
    }
}
