using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Reports.Html;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Reports;

/// <summary>Writes the report of an upgrade, as a page for people or as JSON for programs.</summary>
public static class ReportFile
{
    /// <summary>For whom a file is, by its name: for programs where it ends with <c>.json</c>, otherwise for people.</summary>
    public static UpgradeReportFormat FormatOf(string path) =>
        string.Equals(Path.GetExtension(path), ".json", StringComparison.OrdinalIgnoreCase) ? UpgradeReportFormat.Json : UpgradeReportFormat.Html;

    /// <summary>The report. Another process may be running the upgrade; no cluster is asked but the one that keeps the journal.</summary>
    /// <param name="place">The journal.</param>
    /// <param name="format">For whom.</param>
    /// <param name="workPath">Where the upgrade's files are, by its plan; null where only the journal's word counts.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>UTF-8. The same journal and files give the same bytes.</returns>
    /// <exception cref="UpgradeException">JournalNotFound, JournalEdited, NotAJournal, UnknownFormat, StepListUnreadable; or the cluster with the journal can't be reached.</exception>
    public static async Task<byte[]> MakeAsync(UpgradeJournal place, UpgradeReportFormat format, Func<UpgradePlan, string?> workPath, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(workPath);
        var report = await ReportBuilder.MakeAsync(place, workPath, cancellationToken).ConfigureAwait(false);
        return format == UpgradeReportFormat.Json ? ReportJson.Write(report) : HtmlReport.Write(report);
    }

    /// <summary>Writes the report to a file, whole or not at all.</summary>
    /// <inheritdoc cref="MakeAsync"/>
    /// <exception cref="UpgradeException">JournalKept, DiskFull or WriteFailed; or what <see cref="MakeAsync"/> says.</exception>
    /// <param name="place">The journal.</param>
    /// <param name="format">For whom.</param>
    /// <param name="workPath">Where the upgrade's files are, by its plan; null where only the journal's word counts.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task WriteAsync(UpgradeJournal place, UpgradeReportFormat format, Func<UpgradePlan, string?> workPath, string path, CancellationToken cancellationToken)
    {
        JournalFile.Spare(path);
        await WholeFile.WriteAsync(path, await MakeAsync(place, format, workPath, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Reports as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(UpgradeReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>The report, as UTF-8.</summary>
    public static byte[] Write(UpgradeReport report)
    {
        var readable = new ReportJson(new JsonSerializerOptions(Default.Options) { WriteIndented = true, Encoder = Encoder() });
        return [.. JsonSerializer.SerializeToUtf8Bytes(report, readable.UpgradeReport), (byte)'\n'];
    }

    // Words of any language stay readable; what turns text around, or is not seen, goes as its number.
    private static JavaScriptEncoder Encoder()
    {
        var settings = new TextEncoderSettings(UnicodeRanges.All);
        for (var c = (int)char.MinValue; c <= char.MaxValue; c++)
        {
            if (char.GetUnicodeCategory((char)c) == System.Globalization.UnicodeCategory.Format)
                settings.ForbidCharacter((char)c);
        }

        return JavaScriptEncoder.Create(settings);
    }
}
