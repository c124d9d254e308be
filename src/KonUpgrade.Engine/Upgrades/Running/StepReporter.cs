using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>Tells what a step does as a part of the step's progress, which is a part of the upgrade's.</summary>
internal sealed class StepReporter(IReporter inner, UpgradePlan plan, UpgradeStep step) : IReporter
{
    private readonly string _activity = $"{plan.Name}: {step.Title}";

    /// <summary>What the progress of an upgrade is called.</summary>
    public static string ActivityOf(UpgradePlan plan) => $"Upgrade {plan.Name}";

    /// <summary>Shows the step, until what is given is disposed of.</summary>
    public IDisposable Begin()
    {
        inner.Progress(Own(completed: false));
        return new Shown(this);
    }

    /// <inheritdoc/>
    public void Progress(ProgressReport report) => inner.Progress(report.ParentActivity is null ? report with { ParentActivity = _activity } : report);

    /// <inheritdoc/>
    public void Verbose(string message) => inner.Verbose(message);

    /// <inheritdoc/>
    public void Debug(string message) => inner.Debug(message);

    /// <inheritdoc/>
    public void Warning(string message) => inner.Warning(message);

    /// <inheritdoc/>
    public void Information(string message) => inner.Information(message);

    private void End() => inner.Progress(Own(completed: true));

    private ProgressReport Own(bool completed) => new() { Activity = _activity, ParentActivity = ActivityOf(plan), Completed = completed };

    private sealed class Shown(StepReporter reporter) : IDisposable
    {
        public void Dispose() => reporter.End();
    }
}
