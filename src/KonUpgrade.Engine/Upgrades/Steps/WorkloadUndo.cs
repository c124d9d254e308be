using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>Holds or resumes workloads on the way back: class by class, and what can't be listed or changed keeps none of the rest from it.</summary>
internal static class WorkloadUndo
{
    private static readonly WorkloadClass[] s_classes = [WorkloadClass.Scheduled, WorkloadClass.Serving];

    /// <summary>Holds or resumes.</summary>
    /// <param name="run">The step.</param>
    /// <param name="cluster">Where.</param>
    /// <param name="options">What.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="told">Told of each workload.</param>
    public static async Task<StepResult> RunAsync(StepRun run, ClusterConnection cluster, WorkloadOptions options, CancellationToken cancellationToken, Action<WorkloadChange>? told = null)
    {
        var counts = new Counts();
        Failure? first = null;
        var left = new SortedSet<string>(StringComparer.Ordinal);
        var notDone = WorkloadClass.None;
        foreach (var one in s_classes.Where(c => (options.Classes & ~run.Withheld & c) != 0))
        {
            try
            {
                var changer = new WorkloadChanger(cluster, options with { Classes = one }, run.Reporter);
                await changer.PrepareAsync(cancellationToken).ConfigureAwait(false);
                await foreach (var change in changer.RunAsync(cancellationToken).ConfigureAwait(false))
                {
                    counts.Add(change.Action);
                    told?.Invoke(change);
                    if (change.Failure is not null)
                        Fail(one, change.Failure);
                    if (change.Action == WorkloadChangeAction.Skipped)
                        left.Add(LeftAs(change));
                }

                if (changer.Failures.Count > 0)
                    Fail(one, changer.Failures[0]);
            }
            catch (UpgradeException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Fail(one, e.Failure);
            }
        }

        if (left.Count > 0)
            run.Session.Host.Warning($"{cluster.Context.Name}: left as it is: {ImportUndo.Names([.. left], "; ")}");
        return new StepResult($"workloads: {counts}") { Failure = first is null ? null : Incomplete(cluster.Context.Name, counts, first, "Mend the cause and run the undo again."), NotDone = notDone };

        void Fail(WorkloadClass which, Failure failure)
        {
            first ??= failure;
            notDone |= which;
        }
    }

    /// <summary>A workload as people write it: <c>Deployment shop/web</c>.</summary>
    public static string NameOf(WorkloadChange change) => $"{change.Kind} {(change.Namespace is { } ns ? $"{ns}/" : "")}{change.Name}";

    /// <summary>A workload that was left as it is, and why.</summary>
    public static string LeftAs(WorkloadChange change) => $"{NameOf(change)}: {change.Reason}";

    /// <summary>Workloads that could not be changed.</summary>
    /// <param name="cluster">Where.</param>
    /// <param name="counts">What became of all.</param>
    /// <param name="first">The first failure.</param>
    /// <param name="otherwise">What to do where that does not say.</param>
    public static Failure Incomplete(string cluster, Counts counts, Failure first, string otherwise) => new()
    {
        Id = "WorkloadsIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"Not all workloads of {cluster} could be changed: {counts}. First: {first.Message}",
        Recommendation = first.Recommendation ?? otherwise,
        Target = first.Target,
    };
}
