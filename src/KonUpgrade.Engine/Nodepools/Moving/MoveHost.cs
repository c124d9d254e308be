using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Moving;

/// <summary>A host whose progress is a part of the move's.</summary>
internal sealed class MoveHost(INodepoolHost host, string activity) : INodepoolHost
{
    public Task<bool?> IsHealthyAsync(NodepoolBatch batch, CancellationToken cancellationToken) => host.IsHealthyAsync(batch, cancellationToken);

    public void Progress(ProgressReport report) => host.Progress(report.ParentActivity is null && report.Activity != activity ? report with { ParentActivity = activity } : report);

    public void Verbose(string message) => host.Verbose(message);

    public void Debug(string message) => host.Debug(message);

    public void Warning(string message) => host.Warning(message);

    public void Information(string message) => host.Information(message);
}
