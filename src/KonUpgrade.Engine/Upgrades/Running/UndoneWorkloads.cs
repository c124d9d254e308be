using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>Which workloads an undo of a step holds or gives back.</summary>
/// <param name="Side">On which cluster; None for a step that has nothing to do with workloads.</param>
/// <param name="Classes">Which.</param>
/// <param name="Resumes">Whether they run again. Otherwise they are held.</param>
internal readonly record struct UndoneWorkloads(UpgradeSide Side, WorkloadClass Classes, bool Resumes)
{
    /// <summary>The other cluster.</summary>
    public UpgradeSide OtherSide => Side == UpgradeSide.Blue ? UpgradeSide.Green : UpgradeSide.Blue;
}

/// <summary>
/// What must not be done on the way back since something else could not be: schedulers of one cluster are not resumed
/// while those of the other may run, and what serves on one is not held while it does not serve on the other.
/// </summary>
internal sealed class WayBack
{
    private readonly Dictionary<UpgradeSide, (WorkloadClass Classes, Failure Why)> _running = [];
    private readonly Dictionary<UpgradeSide, (WorkloadClass Classes, Failure Why)> _resting = [];

    /// <summary>The classes that must be left as they are, and why; null for none.</summary>
    public (WorkloadClass Classes, Failure Why)? Withheld(UndoneWorkloads workloads)
    {
        if (workloads.Side == UpgradeSide.None)
            return null;
        var (known, harm) = workloads.Resumes ? (_running, WorkloadClass.Scheduled) : (_resting, WorkloadClass.Serving);
        return known.TryGetValue(workloads.OtherSide, out var lack) && (lack.Classes & workloads.Classes & harm) is not WorkloadClass.None and var classes ? (classes, lack.Why) : null;
    }

    /// <summary>Takes in what could not be done.</summary>
    public void Take(UndoneWorkloads workloads, WorkloadClass notDone, Failure why)
    {
        if (workloads.Side == UpgradeSide.None)
            return;
        var known = workloads.Resumes ? _resting : _running;
        known[workloads.Side] = known.TryGetValue(workloads.Side, out var before) ? (before.Classes | notDone, before.Why) : (notDone, why);
    }

    /// <summary>Why workloads were left as they are.</summary>
    public static Failure NotDone(UndoneWorkloads workloads, UpgradeSession session, Failure why)
    {
        var (name, others) = (session.Of(workloads.Side).Context.Name, session.Of(workloads.OtherSide).Context.Name);
        return workloads.Resumes
            ? new Failure
            {
                Id = "SchedulersNotResumed",
                Kind = FailureKind.Refused,
                Message = $"The scheduled workloads of {name} are not resumed: those of {others} could not be held, and if both clusters' schedulers ran, work would be done twice. {why.Message}",
                Recommendation = $"Mend the cause and run Undo-BlueGreenUpgrade again. Or make sure that nothing scheduled runs on {others}, and resume them by hand: Resume-ClusterWorkload -Cluster {name} -Class Scheduled.",
                Target = name,
            }
            : new Failure
            {
                Id = "ServingNotHeld",
                Kind = FailureKind.Refused,
                Message = $"The serving workloads of {name} are left running: those of {others} could not be resumed, and one of the two has to serve. {why.Message}",
                Recommendation = $"Mend the cause and run Undo-BlueGreenUpgrade again. Or make sure that {others} serves, and hold them by hand: Suspend-ClusterWorkload -Cluster {name} -Class Serving.",
                Target = name,
            };
    }
}
