using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;

namespace KonUpgrade.Engine.Upgrades.Reports.Html;

/// <summary>
/// The course of an upgrade as a picture: a row a step, drawn in parts of a hundred so that it fits every width. What
/// nobody worked in is drawn short, since a night before a word would leave no room for the minutes of work.
/// </summary>
internal sealed class Timeline
{
    // What all breaks take at most, beside the work.
    private const double MostBreaks = 0.4;
    private const double OneBreak = 0.06;

    private readonly List<(DateTimeOffset From, DateTimeOffset To, double At, double Width, bool IsBreak)> _parts = [];

    public Timeline(UpgradeReport report)
    {
        var begin = report.StartedAt;
        var parts = new List<(DateTimeOffset From, DateTimeOffset To, bool IsBreak)>();
        foreach (var run in report.Runs)
        {
            if (run.From > begin)
                parts.Add((begin, run.From, true));
            if (run.To > run.From)
                parts.Add((run.From > begin ? run.From : begin, run.To, false));
            begin = run.To > begin ? run.To : begin;
        }

        if (report.AsOf > begin)
            parts.Add((begin, report.AsOf, true));
        var worked = parts.Where(part => !part.IsBreak).Sum(part => (part.To - part.From).TotalSeconds);
        var breaks = parts.Count(part => part.IsBreak);
        var most = Math.Max(worked, 1) * Math.Min(OneBreak, MostBreaks / Math.Max(breaks, 1));
        var widths = parts.Select(part => part.IsBreak ? Math.Min((part.To - part.From).TotalSeconds, most) : (part.To - part.From).TotalSeconds).ToList();
        var whole = Math.Max(widths.Sum(), 0.001);
        var at = 0.0;
        for (var i = 0; i < parts.Count; i++)
        {
            var width = widths[i] / whole * 100;
            _parts.Add((parts[i].From, parts[i].To, at, width, parts[i].IsBreak && (parts[i].To - parts[i].From).TotalSeconds > most));
            at += width;
        }
    }

    /// <summary>Whether there is anything to be drawn.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>Whether some of the time is drawn short.</summary>
    public bool HasBreaks => _parts.Exists(part => part.IsBreak);

    /// <summary>Writes the patterns that rows use.</summary>
    public static void Patterns(HtmlPage page) => page.Constant(
        """
        <svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>
        <pattern id="p-waited" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="f-waited soft" width="6" height="6"></rect><rect class="f-waited" width="2" height="6"></rect></pattern>
        <pattern id="p-failed" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="f-failed" width="5" height="5"></rect><rect class="f-line" width="1.5" height="5"></rect></pattern>
        <pattern id="p-undone" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect class="f-undone" width="5" height="5"></rect><rect class="f-line" width="1.5" height="5"></rect></pattern>
        <pattern id="p-unfinished" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="f-unfinished soft" width="6" height="6"></rect><rect class="f-unfinished" width="6" height="2"></rect></pattern>
        </defs></svg>

        """);

    /// <summary>Writes the times above the rows.</summary>
    public void Axis(HtmlPage page, UpgradeReport report)
    {
        page.Element(
            "svg", "axis",
            () =>
            {
                Label(0, "start", report.StartedAt, "");
                Label(100, "end", report.AsOf, report.StartedAt.UtcDateTime.Date == report.AsOf.UtcDateTime.Date ? "" : "yyyy-MM-dd ");
                // One alone, where it has room.
                foreach (var part in _parts.Where(part => part.IsBreak && part.At is > 18 and < 60).OrderByDescending(part => part.To - part.From).Take(1))
                    page.Element("text", "break", () => page.Text($"… {ReportText.Duration(part.To - part.From)} …"), ("x", Percent(part.At + part.Width / 2)), ("y", "12"), ("text-anchor", "middle"));
            },
            ("aria-hidden", "true"), ("width", "100%"), ("height", "16"));

        void Label(double at, string anchor, DateTimeOffset time, string date) =>
            page.Element("text", null, () => page.Text(time.UtcDateTime.ToString($"{date}HH:mm:ss", CultureInfo.InvariantCulture)), ("x", Percent(at)), ("y", "12"), ("text-anchor", anchor));
    }

    /// <summary>Writes the row of a step.</summary>
    public void Row(HtmlPage page, ReportStep step) => page.Element(
        "svg", "row",
        () =>
        {
            page.Element("rect", "track", null, ("x", "0"), ("y", "5"), ("width", "100%"), ("height", "2"));
            foreach (var part in _parts.Where(part => part.IsBreak))
                page.Element("rect", "break", null, ("x", Percent(part.At)), ("y", "0"), ("width", Percent(part.Width)), ("height", "12"));
            foreach (var span in step.Spans)
            {
                var (from, to) = (PlaceOf(span.From), PlaceOf(span.To));
                // What took no time is seen all the same.
                var width = Math.Max(to - from, 0.8);
                page.Element(
                    "rect", $"s-{Word(span.Kind)}",
                    () => page.Element("title", null, $"{EnumWords.Of(span.Kind)}: {ReportText.Time(span.From)}, {ReportText.Duration(span.To - span.From)}"),
                    ("x", Percent(Math.Min(from, 100 - width))), ("y", "1"), ("width", Percent(width)), ("height", "10"), ("rx", "2"));
            }
        },
        ("role", "img"), ("aria-label", Described(step)), ("width", "100%"), ("height", "12"));

    private static string Described(ReportStep step) => step.Spans.Count == 0
        ? "Not begun"
        : string.Join("; ", step.Spans.Select(span => $"{EnumWords.Of(span.Kind)} {ReportText.Time(span.From)}, {ReportText.Duration(span.To - span.From)}"));

    private double PlaceOf(DateTimeOffset time)
    {
        foreach (var part in _parts)
        {
            if (time <= part.To)
                return time <= part.From ? part.At : part.At + (part.Width * ((time - part.From) / (part.To - part.From)));
        }

        return 100;
    }

    private static string Word(ReportSpanKind kind) => kind switch
    {
        ReportSpanKind.Done => "done",
        ReportSpanKind.Failed or ReportSpanKind.UndoFailed => "failed",
        ReportSpanKind.Waited => "waited",
        ReportSpanKind.Undone => "undone",
        _ => "unfinished",
    };

    private static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}%");
}
