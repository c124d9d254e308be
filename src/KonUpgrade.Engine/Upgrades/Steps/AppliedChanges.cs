using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>What became of the workloads that a step holds or gives back.</summary>
internal sealed class AppliedChanges
{
    private AppliedChanges()
    {
    }

    /// <summary>How many, by what was done.</summary>
    public Counts Counts { get; } = new();

    /// <summary>The first that could not be changed; null where all could.</summary>
    public Failure? First { get; private set; }

    /// <summary>Those that were left as they are, and why.</summary>
    public SortedSet<string> Left { get; } = new(StringComparer.Ordinal);

    /// <summary>Those that are held now and were not, as people write them.</summary>
    public List<string> Suspended { get; } = [];

    /// <summary>Whether something is held now that began work by itself until then.</summary>
    public bool HasStoppedSchedulers { get; private set; }

    /// <summary>Changes them.</summary>
    /// <param name="changer">What changes them.</param>
    /// <param name="each">Told of each.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<AppliedChanges> OfAsync(WorkloadChanger changer, Action<WorkloadChange> each, CancellationToken cancellationToken)
    {
        var applied = new AppliedChanges();
        await foreach (var change in changer.RunAsync(cancellationToken).ConfigureAwait(false))
        {
            each(change);
            applied.Counts.Add(change.Action);
            applied.First ??= change.Failure;
            if (change.Action == WorkloadChangeAction.Skipped)
                applied.Left.Add(WorkloadUndo.LeftAs(change));
            if (change.Action != WorkloadChangeAction.Suspended)
                continue;
            applied.Suspended.Add(WorkloadUndo.NameOf(change));
            applied.HasStoppedSchedulers |= change.Class.HasFlag(WorkloadClass.Scheduled);
        }

        return applied;
    }
}
