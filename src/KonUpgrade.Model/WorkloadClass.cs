namespace KonUpgrade.Model;

/// <summary>How what runs in a cluster comes to act. Values can be joined.</summary>
[Flags]
public enum WorkloadClass
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>What begins work by itself, at a time or as soon as it is there: CronJobs, Jobs, schedules.</summary>
    Scheduled = 1,

    /// <summary>What runs all the time and answers: Deployments, StatefulSets, DaemonSets, notebooks.</summary>
    Serving = 2,

    /// <summary>Both.</summary>
    All = Scheduled | Serving,
}
