using System.Collections.Concurrent;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Support;

/// <summary>A reporter that keeps what it is told.</summary>
public sealed class RecordingReporter : IReporter
{
    private readonly ConcurrentQueue<(string Level, string Message)> _messages = new();

    public IReadOnlyList<(string Level, string Message)> Messages => [.. _messages];

    public IReadOnlyList<string> Of(string level) => [.. _messages.Where(m => m.Level == level).Select(m => m.Message)];

    public string Text => string.Join('\n', _messages.Select(m => $"{m.Level}: {m.Message}"));

    public ConcurrentQueue<ProgressReport> Reports { get; } = new();

    public void Progress(ProgressReport report) => Reports.Enqueue(report);

    public void Verbose(string message) => _messages.Enqueue(("verbose", message));

    public void Debug(string message) => _messages.Enqueue(("debug", message));

    public void Warning(string message) => _messages.Enqueue(("warning", message));

    public void Information(string message) => _messages.Enqueue(("information", message));
}
