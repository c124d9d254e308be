using System.Management.Automation;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Lets the engine ask the script blocks of the command line, which run on the pipeline thread.</summary>
internal sealed class UpgradeHost(IPipelineHost host, IReadOnlyDictionary<string, ScriptBlock> gates, IReadOnlyDictionary<string, ScriptBlock> probes) : IUpgradeHost
{
    /// <inheritdoc/>
    public async Task<bool?> IsLetThroughAsync(UpgradeStep step, CancellationToken cancellationToken) =>
        gates.TryGetValue(step.Id, out var script) ? await host.IsTrueAsync(script, step, cancellationToken).ConfigureAwait(false) : null;

    /// <inheritdoc/>
    public async Task<bool?> ProbeAsync(UpgradeStep step, CancellationToken cancellationToken) =>
        probes.TryGetValue(step.Id, out var script) ? await host.IsTrueAsync(script, step, cancellationToken).ConfigureAwait(false) : null;

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
