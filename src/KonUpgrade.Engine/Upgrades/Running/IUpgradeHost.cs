using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>Whoever runs an upgrade: is told how it goes, and answers for the script blocks that the plan asks for.</summary>
public interface IUpgradeHost : IReporter
{
    /// <summary>Runs the script block of a gate.</summary>
    /// <returns>Whether the step may begin; null where no script block was given.</returns>
    Task<bool?> IsLetThroughAsync(UpgradeStep step, CancellationToken cancellationToken);

    /// <summary>Runs the script block that proves a step of kind External.</summary>
    /// <returns>Whether what the step waits for is so; null where no script block was given.</returns>
    Task<bool?> ProbeAsync(UpgradeStep step, CancellationToken cancellationToken);
}
