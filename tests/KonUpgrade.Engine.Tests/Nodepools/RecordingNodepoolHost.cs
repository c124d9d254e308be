using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>A host that keeps what it is told, and answers as the test says.</summary>
internal sealed class RecordingNodepoolHost : INodepoolHost
{
    private readonly RecordingReporter _reporter = new();

    public Func<NodepoolBatch, bool?> Gate { get; set; } = _ => null;

    public List<NodepoolBatch> Batches { get; } = [];

    public string Text => _reporter.Text;

    public IReadOnlyList<ProgressReport> Reports => [.. _reporter.Reports];

    public Task<bool?> IsHealthyAsync(NodepoolBatch batch, CancellationToken cancellationToken)
    {
        Batches.Add(batch);
        return Task.FromResult(Gate(batch));
    }

    public void Progress(ProgressReport report) => _reporter.Progress(report);

    public void Verbose(string message) => _reporter.Verbose(message);

    public void Debug(string message) => _reporter.Debug(message);

    public void Warning(string message) => _reporter.Warning(message);

    public void Information(string message) => _reporter.Information(message);
}
