using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Reports.Html;

/// <summary>What of a report is about objects: what moved, what did not and why, conversions, checks and differences.</summary>
internal sealed class HtmlContent(HtmlPage page, UpgradeReport report)
{
    /// <summary>Writes it.</summary>
    public void Write()
    {
        Section("moved", "What moved", Moved);
        Section("not-moved", "What did not move, and why", NotMoved);
        Section("conversions", "Conversions", Conversions);
        Section("checks", "Checks", Checks);
        Section("differences", "Differences left", Differences);
    }

    /// <summary>Writes a note that something is amiss.</summary>
    public static void Note(HtmlPage page, string text) => page.Element("p", "note", () => page.Name(text));

    /// <summary>Writes how many of a list are not shown, and where they are.</summary>
    public static void More(HtmlPage page, long more, IReadOnlyList<string> files)
    {
        if (more > 0)
            page.Element("p", "soft small", () => page.Name($"And {more.ToString("N0", CultureInfo.InvariantCulture)} more{(files.Count > 0 ? $", see {string.Join(", ", files)}" : "")}."));
    }

    /// <summary>Writes the head of a table. A name that is empty is for the first column, whose cells are heads themselves.</summary>
    public static void HeadOf(HtmlPage page, params ReadOnlySpan<string> names)
    {
        var columns = names.ToArray();
        page.Element("thead", null, () => page.Element("tr", null, () =>
        {
            foreach (var name in columns)
            {
                var number = name.StartsWith('#');
                if (name.Length == 0)
                    page.Element("td", null, "");
                else
                    page.Element("th", number ? "n" : null, () => page.Text(name.TrimStart('#')), ("scope", "col"));
            }
        }));
    }

    /// <summary>Writes a table.</summary>
    public static void Table<T>(HtmlPage page, string? cssClass, string? caption, IReadOnlyList<string> heads, IEnumerable<T> rows, Action<T> row) => page.Element("table", cssClass, () =>
    {
        if (caption is not null)
            page.Element("caption", null, caption);
        HeadOf(page, [.. heads]);
        page.Element("tbody", null, () =>
        {
            foreach (var item in rows)
                page.Element("tr", null, () => row(item));
        });
    });

    private bool IsBack => ReportWords.IsBack(report.Outcome.State);

    private void Moved()
    {
        if (report.Moved is not { } moved)
        {
            page.Element("p", null, "No step has told yet what became of objects.");
            return;
        }

        Lacks(moved);
        page.Element("p", null, $"{(IsBack ? $"{ReportText.Count(moved.Moved, "object was", "objects were")} on green when it was taken back" : $"{ReportText.Count(moved.Moved, "object is", "objects are")} on green")}{(moved.Held > 0 ? $"; {ReportText.Count(moved.Held, "arrived held, to be released by a later step or by somebody", "arrived held, to be released by later steps or by somebody")}" : "")}.");
        Table(page, "numbers", "By kind", ["Kind", "#Created", "#Changed", "#As it was", "#Not moved"], moved.Kinds, kind =>
        {
            page.Element("th", null, () => page.Name(kind.Kind), ("scope", "row"));
            Number(kind.Created, "created");
            Number(kind.Updated, "changed");
            Number(kind.Unchanged, "as it was");
            Number(kind.Skipped + kind.Failed, "not moved");
        });
        if (moved.Noted.Count == 0)
            return;
        page.Element("h3", null, "On green, and in need of somebody when they came");
        Table(page, "stack", null, ["Object", "What is the matter"], moved.Noted.Items, o =>
        {
            page.Element("th", null, () => page.Name(ReportText.Name(o.Kind, o.Namespace, o.Name)), ("scope", "row"));
            Said("td", string.Join(' ', new[] { o.HeldReason is { } why ? $"Held: {why}" : null, o.Missing is { } missing ? $"Needs what green had not: {string.Join(", ", missing)}." : null }.OfType<string>()));
        });
        More(page, moved.Noted.Count - moved.Noted.Items.Count, moved.Noted.Files);
    }

    private void NotMoved()
    {
        if (report.Moved is { } moved)
        {
            if (moved.NotMoved.Count == 0)
            {
                page.Element("p", null, moved.Lacks.Count > 0 ? "Of what is known, everything moved." : "Everything that was exported moved.");
            }
            else
            {
                page.Element("p", null, $"{ReportText.Count(moved.Failed, "object", "objects")} could not be brought; {ReportText.Count(moved.Skipped, "was", "were")} left on purpose.");
                Reasons("Why", moved.Reasons);
                page.Element("h3", null, "Which");
                Table(page, "stack", null, ["Object", "Why"], moved.NotMoved.Items, o =>
                {
                    page.Element("th", null, () => page.Name(ReportText.Name(o.Kind, o.Namespace, o.Name)), ("scope", "row"));
                    Said("td", o.Failure is { } failure ? $"Failed: {failure.Message} {failure.Recommendation}".TrimEnd() : o.Reason ?? "", o.Failure is null ? null : "bad");
                });
                More(page, moved.NotMoved.Count - moved.NotMoved.Items.Count, moved.NotMoved.Files);
            }
        }
        else
        {
            page.Element("p", null, "No step has told yet what became of objects.");
        }

        if (report.LeftOut is not { } leftOut)
            return;
        page.Element("h3", null, "Left out of the export by the system's rules");
        if (leftOut.Lack is { } lack)
        {
            Note(page, $"What step '{leftOut.Step}' left out is not in this report: {lack}: {leftOut.File}");
            return;
        }

        if (leftOut.Reasons.Count == 0)
            page.Element("p", null, "Nothing.");
        else
            Reasons($"Step {leftOut.Step}: whole kinds count as one", leftOut.Reasons);
        page.Element("p", "soft small", () => page.Name($"All of it: {leftOut.File}"));
    }

    private void Reasons(string caption, IReadOnlyList<ReportReason> reasons) => Table(page, null, caption, ["Reason", "#How many"], reasons, reason =>
    {
        page.Element("td", null, () =>
        {
            page.Element("bdi", reason.IsFailure ? "bad" : null, reason.Reason.Length > 0 ? reason.Reason : "No reason was given.");
            if (reason.Examples.Count > 0)
                page.Element("div", "soft small", () => page.Name($"{string.Join(", ", reason.Examples)}{(reason.Count > reason.Examples.Count ? " …" : "")}"));
        });
        Number(reason.Count);
    });

    private void Conversions()
    {
        if (report.Moved is not { Conversions.Count: > 0 } moved)
        {
            page.Element("p", null, report.Moved is null ? "No step has told yet what became of objects." : $"No object had to change its version{(report.Moved.Lacks.Count > 0 ? ", of those that are known" : "")}.");
            return;
        }

        Table(page, "stack", "Objects that were written in another version, or another shape, than they were read in", ["Kind", "From → to", "What changed", "#How many"], moved.Conversions, conversion =>
        {
            page.Element("th", null, () => page.Name(conversion.Kind), ("scope", "row"));
            Said("td", conversion.From == conversion.To ? conversion.From : $"{conversion.From} → {conversion.To}");
            page.Element("td", null, () =>
            {
                page.Name(conversion.Notes.Count > 0 ? string.Join(' ', conversion.Notes) : "The same in another place.");
                page.Element("div", "soft small", () => page.Name($"{string.Join(", ", conversion.Examples)}{(conversion.Count > conversion.Examples.Count ? " …" : "")}"));
            });
            Number(conversion.Count);
        });
    }

    private void Checks()
    {
        if (report.Checks.Count == 0)
        {
            page.Element("p", null, "No step of this upgrade has left checks.");
            return;
        }

        foreach (var step in report.Checks)
        {
            page.Element("h3", null, () => page.Name(step.Title));
            if (step.Lack is { } lack)
            {
                Note(page, $"Its checks are not in this report: {lack}: {step.Path}");
                continue;
            }

            var passed = step.Checks.Where(check => check.Status == ReadinessStatus.Passed).ToList();
            var absent = step.Checks.Where(check => check.Status == ReadinessStatus.NotApplicable).ToList();
            var others = step.Checks.Except(passed).Except(absent).ToList();
            page.Element("p", null, $"Of {ReportText.Count(step.Checks.Count, "check", "checks")} {passed.Count} passed and {others.Count(check => check.IsBlocking)} block; {absent.Count} {(absent.Count == 1 ? "does" : "do")} not apply here.");
            if (others.Count > 0)
                Table(page, "stack", null, ["Check", "Outcome", "What was found"], others, Check);
            if (passed.Count > 0)
                page.Element("p", "soft small", () => page.Name($"Passed: {string.Join(", ", passed.Select(check => check.Title))}."));
            if (absent.Count > 0)
                page.Element("p", "soft small", () => page.Name($"Not applicable, and so not looked at: {string.Join(", ", absent.Select(check => check.Title))}."));
        }
    }

    private void Check(ReadinessCheck check)
    {
        page.Element("th", null, () =>
        {
            page.Name(check.Title);
            page.Element("div", "soft small", () => page.Name($"{check.Id} · {check.Cluster}"));
        }, ("scope", "row"));
        page.Element("td", null, () => page.Element("span", check.IsBlocking ? "pill t-bad" : "pill t-wait", check.IsBlocking ? "Blocks" : EnumWords.Of(check.Status)));
        page.Element("td", null, () =>
        {
            if (check.Findings.Count == 0)
                page.Name(check.Message);
            else
                page.Element("ul", null, () =>
                {
                    foreach (var finding in check.Findings)
                        Said("li", $"{finding.Target}: {finding.Message}{(finding.Remedy is { } own ? $" {own}" : "")}");
                });
            if (check.Remedy is { } remedy)
                page.Element("div", "soft small", () => page.Name(remedy));
        });
    }

    private void Differences()
    {
        if (report.Differences.Count == 0)
        {
            page.Element("p", null, "No step has compared the clusters yet, or left word of it.");
            return;
        }

        foreach (var step in report.Differences)
        {
            page.Element("h3", null, () => page.Name(step.Title));
            if (step.Lack is { } lack)
                Note(page, $"Not all of what it found is in this report: {lack}");
            if (step.Objects is { Count: 0 } && step.Health is null or { Count: 0 })
                page.Element("p", null, () => page.Name(IsBack ? "None." : $"None. {step.Result}".TrimEnd()));
            if (step.Objects is { Count: > 0 } objects)
            {
                Table(page, "stack", ReportText.Count(objects.Count, "object is not as blue's export says", "objects are not as blue's export says"), ["Object", "Difference"], objects.Items, o =>
                {
                    page.Element("th", null, () => page.Name(ReportText.Name(o.Kind, o.Namespace, o.Name)), ("scope", "row"));
                    Said("td", o.State switch
                    {
                        ClusterConfigDifferenceState.Missing => "Missing on green",
                        ClusterConfigDifferenceState.Extra => "Removed on blue since it was brought",
                        _ => $"Differs in {string.Join(", ", o.Fields ?? [])}",
                    });
                });
                More(page, objects.Count - objects.Items.Count, objects.Files);
            }

            if (step.Health is { Count: > 0 } health)
            {
                Table(page, "stack", ReportText.Count(health.Count, "thing does not do on green what it does on blue", "things do not do on green what they do on blue"), ["Object", "Weight", "Difference"], health.Items, d =>
                {
                    page.Element("th", null, () => page.Name(ReportText.Name(d.Kind, d.Namespace, d.Name)), ("scope", "row"));
                    page.Element("td", null, () => page.Element("span", d.IsBlocking ? "pill t-bad" : "pill t-wait", d.IsBlocking ? "Blocks" : EnumWords.Of(d.State)));
                    Said("td", $"{d.Message}{(d.Reason is { } reason ? $" ({reason})" : "")}");
                });
                More(page, health.Count - health.Items.Count, health.Files);
            }
        }
    }

    private void Lacks(ReportMoved moved)
    {
        foreach (var lack in moved.Lacks)
            Note(page, $"What step '{lack.Step}' did with each object is not in this report, nor in its numbers: {lack.Why}: {lack.Path}");
    }

    // On a narrow screen a number stands with its name, and none does not stand at all.
    private void Number(long number, string? label = null) =>
        page.Element("td", number == 0 && label is not null ? "n none" : "n", () => page.Text(number == 0 ? "–" : number.ToString("N0", CultureInfo.InvariantCulture)), ("data-label", label));

    private void Said(string element, string text, string? cssClass = null) => page.Element(element, cssClass, () => page.Name(text));

    private void Section(string id, string title, Action content) => page.Element(
        "section", null,
        () =>
        {
            page.Element("h2", null, () => page.Text(title), ("id", id));
            content();
        },
        ("aria-labelledby", id));
}
