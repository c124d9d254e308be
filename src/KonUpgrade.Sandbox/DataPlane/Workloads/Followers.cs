using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.DataPlane.Workloads;

/// <summary>Whom a change of a Pod concerns, and when a Pod is to be looked at again.</summary>
internal static class Followers
{
    /// <summary>Names the controller of what changed, and whoever would adopt it.</summary>
    public static void EnqueueOwner<TView>(ObjectCache<ItemView> owners, TView? before, TView? after, Action<string> enqueue)
        where TView : ObjectView
    {
        TView view = (after ?? before)!;
        foreach (ControllerLink? link in (ReadOnlySpan<ControllerLink?>)[before?.Controller, after?.Controller])
        {
            if (link is null || link.Kind != owners.Kind.Kind) continue;
            if (owners.Has(StoredObject.KeyOf(view.Namespace, link.Name), out ItemView? owner) && owner.Uid == link.Uid) enqueue(owner.Key);
        }
        if (after is not { Controller: null, Terminating: false }) return;
        foreach (ItemView owner in owners.InNamespace(after.Namespace))
        {
            if (owner.Selector.Matches(after.Labels)) enqueue(owner.Key);
        }
    }

    /// <summary>Asks to be woken when the next ready Pod has been ready for long enough.</summary>
    public static void WakeWhenAvailable(IEnumerable<PodView> pods, long minReadySeconds, DateTimeOffset now, Action<DateTimeOffset> wake)
    {
        if (minReadySeconds == 0) return;
        DateTimeOffset? next = null;
        foreach (PodView pod in pods)
        {
            if (!pod.Ready || pod.Available(minReadySeconds, now)) continue;
            DateTimeOffset due = pod.ReadySince!.Value + TimeSpan.FromSeconds(minReadySeconds);
            if (next is null || due < next) next = due;
        }
        if (next is { } first) wake(first);
    }
}
