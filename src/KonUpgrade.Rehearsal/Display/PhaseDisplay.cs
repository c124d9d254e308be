using System.Diagnostics;
using System.Globalization;
using KonUpgrade.Model;
using Spectre.Console;

namespace KonUpgrade.Rehearsal.Display;

/// <summary>Shows each phase while it runs, and a line of what it did when it is over.</summary>
internal sealed class PhaseDisplay(IAnsiConsole console)
{
    /// <summary>Runs a phase. What it returns is shown beside its name, with the time it took.</summary>
    public async Task RunAsync(string title, Func<IReporter, Task<string>> phase)
    {
        var clock = Stopwatch.StartNew();
        var outcome = "";
        var reporter = new ProgressReporter();
        if (console.Profile.Capabilities.Interactive)
        {
            await console.Progress()
                .AutoClear(true)
                .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn())
                .StartAsync(async context =>
                {
                    reporter.ShowIn(context, title);
                    outcome = await phase(reporter);
                });
        }
        else
        {
            // Bars that nobody sees move would be lines of 0 %.
            outcome = await phase(reporter);
        }

        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture, $"[green]done[/]  {Markup.Escape(title),-28} {Markup.Escape(outcome)} [grey]({clock.Elapsed.TotalSeconds:0.0} s)[/]"));
        foreach (var warning in reporter.Warnings)
            console.MarkupLine($"      [yellow]{Markup.Escape(warning)}[/]");
    }

    public void Line(string text = "") => console.WriteLine(text);

    public void Problem(string text) => console.MarkupLine($"[red]wrong[/] {Markup.Escape(text)}");

    /// <summary>A table of counts, such as how many of each kind were created.</summary>
    public void Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var heading in headings)
            table.AddColumn(Markup.Escape(heading));
        foreach (var row in rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        console.Write(table);
    }
}
