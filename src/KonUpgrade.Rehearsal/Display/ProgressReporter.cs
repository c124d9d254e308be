using System.Collections.Concurrent;
using KonUpgrade.Model;
using Spectre.Console;

namespace KonUpgrade.Rehearsal.Display;

/// <summary>Turns what the engine reports into bars, and keeps its warnings for when the bars are gone.</summary>
internal sealed class ProgressReporter : IReporter
{
    private readonly ConcurrentDictionary<string, ProgressTask> _tasks = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _warnings = new();
    private ProgressContext? _context;

    public IReadOnlyCollection<string> Warnings => _warnings;

    public void ShowIn(ProgressContext context, string title)
    {
        _context = context;
        var task = context.AddTask(Markup.Escape(title));
        task.IsIndeterminate = true;
    }

    public void Progress(ProgressReport report)
    {
        if (_context is not { } context)
            return;
        var task = _tasks.GetOrAdd(report.Activity, activity => context.AddTask(Markup.Escape(activity)));
        task.Description = Markup.Escape(report.Status.Length == 0 ? report.Activity : $"{report.Activity}: {report.Status}");
        task.IsIndeterminate = report.Total is null;
        if (report.Total is { } total)
            task.MaxValue = Math.Max(1, total);
        task.Value = report.Completed ? task.MaxValue : report.Done;
    }

    public void Warning(string message) => _warnings.Enqueue(message);

    public void Verbose(string message)
    {
    }

    public void Debug(string message)
    {
    }

    public void Information(string message)
    {
    }
}
