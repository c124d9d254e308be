using System.Management.Automation;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Lets the engine ask the script block of the command line, which runs on the pipeline thread.</summary>
internal sealed class NodepoolHost(IPipelineHost host, ScriptBlock? health) : INodepoolHost
{
    /// <inheritdoc/>
    public async Task<bool?> IsHealthyAsync(NodepoolBatch batch, CancellationToken cancellationToken) =>
        health is null ? null : await host.IsTrueAsync(health, batch, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public void Progress(ProgressReport report) => host.Progress(report);

    /// <inheritdoc/>
    public void Verbose(string message) => host.Verbose(message);

    /// <inheritdoc/>
    public void Debug(string message) => host.Debug(message);

    /// <inheritdoc/>
    public void Warning(string message) => host.Warning(message);

    /// <inheritdoc/>
    public void Information(string message) => host.Information(message);
}
