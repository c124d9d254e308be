using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Upgrades;

/// <summary>A host of upgrades that keeps what it is told, and answers as a test wants.</summary>
internal sealed class TestUpgradeHost : IUpgradeHost
{
    public RecordingReporter Reporter { get; } = new();

    public bool? LetsThrough { get; set; }

    public Func<UpgradeStep, bool?>? OnGate { get; set; }

    public Action<string>? OnVerbose { get; set; }

    public Func<UpgradeStep, bool?> Probe { get; set; } = _ => null;

    public void Progress(ProgressReport report) => Reporter.Progress(report);

    public void Verbose(string message)
    {
        Reporter.Verbose(message);
        OnVerbose?.Invoke(message);
    }

    public void Debug(string message) => Reporter.Debug(message);

    public void Warning(string message) => Reporter.Warning(message);

    public void Information(string message) => Reporter.Information(message);

    public Task<bool?> IsLetThroughAsync(UpgradeStep step, CancellationToken cancellationToken) => Task.FromResult(OnGate is { } gate ? gate(step) : LetsThrough);

    public Task<bool?> ProbeAsync(UpgradeStep step, CancellationToken cancellationToken) => Task.FromResult(Probe(step));
}
