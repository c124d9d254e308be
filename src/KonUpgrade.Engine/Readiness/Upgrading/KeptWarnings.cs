using System.Collections.Concurrent;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading;

/// <summary>Keeps what a check is warned of while it looks, and passes the rest on: what was not seen must not pass for seen.</summary>
/// <param name="reporter">Takes the rest.</param>
internal sealed class KeptWarnings(IReporter reporter) : IReporter
{
    private readonly ConcurrentQueue<string> _warnings = new();

    /// <summary>What was warned of, but for what some failures tell already.</summary>
    public IReadOnlyList<string> Besides(IReadOnlyList<Failure> told) =>
        [.. _warnings.Where(warning => !told.Any(failure => warning.Contains(failure.Message, StringComparison.Ordinal)))];

    /// <inheritdoc/>
    public void Warning(string message) => _warnings.Enqueue(message);

    /// <inheritdoc/>
    public void Verbose(string message) => reporter.Verbose(message);

    /// <inheritdoc/>
    public void Debug(string message) => reporter.Debug(message);

    /// <inheritdoc/>
    public void Information(string message) => reporter.Verbose(message);

    /// <inheritdoc/>
    public void Progress(ProgressReport report)
    {
        // The checks have a progress of their own.
    }
}
