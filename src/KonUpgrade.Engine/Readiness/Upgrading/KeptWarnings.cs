using System.Collections.Concurrent;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Apis;

/// <summary>Keeps what a search for evidence warns of, and passes on what it has decided: what it could not see must not pass for seen.</summary>
/// <param name="reporter">Takes the rest.</param>
internal sealed class EvidenceWarnings(IReporter reporter) : IReporter
{
    private readonly ConcurrentQueue<string> _warnings = new();

    /// <summary>The sources that could not be read, and after them what else was not seen.</summary>
    /// <param name="sources">The sources, each of which was warned of as well.</param>
    /// <param name="cluster">The cluster.</param>
    public IReadOnlyList<Failure> Unread(IReadOnlyList<Failure> sources, string cluster) =>
    [
        .. sources,
        .. _warnings.Where(warning => !sources.Any(source => warning.Contains(source.Message, StringComparison.Ordinal))).Select(warning => new Failure
        {
            Id = "EvidenceIncomplete",
            Kind = FailureKind.Incomplete,
            Message = warning,
            Recommendation = "Give the login the right to list what is named; Find-DeprecatedApi tells what could be seen.",
            Target = cluster,
        }),
    ];

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
