using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.DataPlane.Disruptions;

/// <summary>Keeps the status of PodDisruptionBudgets, and notes when one is broken.</summary>
internal sealed class BudgetController : ObjectController
{
    /// <summary>So long an eviction that was granted counts although its Pod is still there.</summary>
    private static readonly TimeSpan DeletionTimeout = TimeSpan.FromMinutes(2);

    private readonly BudgetCount _count;

    public BudgetController(PlaneContext plane)
        : base(plane, plane.Caches.Budgets)
    {
        _count = new BudgetCount(plane.Cluster, plane.Caches);
        plane.Caches.Pods.Changed += PodChanged;
        plane.Caches.ReplicaSets.Changed += ScaleChanged;
        plane.Caches.Deployments.Changed += ScaleChanged;
        plane.Caches.StatefulSets.Changed += ScaleChanged;
    }

    protected override void Reconcile(string key)
    {
        if (!Objects.Has(key, out ItemView? budget) || budget.Terminating) return;
        List<PodView> pods = _count.Pods(budget);
        BudgetNumbers numbers = _count.Of(budget, pods);
        DateTimeOffset now = Plane.Now;
        DateTimeOffset? again = null;
        Plane.Writes.Change(Objects.Kind, budget, item =>
        {
            JsonObject status = Fields.Made(item, "status");
            if (numbers.Problem is { } problem)
            {
                bool news = Fields.Count(status, "disruptionsAllowed", 0, keepZero: true);
                return Fields.SetCondition(status, "DisruptionAllowed", "False", "SyncFailed", problem, now, Fields.Number(status, "observedGeneration", 0)) || news;
            }
            var before = (JsonObject)status.DeepClone();
            (JsonObject disrupted, again) = StillDisrupted(status, pods, now);
            long healthy = pods.LongCount(pod => IsHealthy(pod) && !disrupted.ContainsKey(pod.Name));
            long allowed = numbers.Expected <= 0 ? 0 : Math.Max(0, healthy - numbers.Desired);
            long generation = Metadata.Generation(item);
            Fields.Count(status, "currentHealthy", healthy, keepZero: true);
            Fields.Count(status, "desiredHealthy", numbers.Desired, keepZero: true);
            Fields.Count(status, "disruptionsAllowed", allowed, keepZero: true);
            Fields.Count(status, "expectedPods", numbers.Expected, keepZero: true);
            Fields.Count(status, "observedGeneration", generation);
            if (disrupted.Count == 0) status.Remove("disruptedPods");
            else status["disruptedPods"] = disrupted;
            SetAllowed(status, allowed, generation, now);
            return !JsonNode.DeepEquals(before, status);
        }, PlaneWrites.Manager);
        if (again is { } due) EnqueueAt(key, due);
    }

    /// <summary>The condition that tells whether anything may be evicted.</summary>
    public static void SetAllowed(JsonObject status, long allowed, long generation, DateTimeOffset now)
        => Fields.SetCondition(status, "DisruptionAllowed", allowed > 0 ? "True" : "False", allowed > 0 ? "SufficientPods" : "InsufficientPods", string.Empty, now, generation);

    private static bool IsHealthy(PodView pod) => pod.Ready && !pod.Terminating;

    private static (JsonObject Disrupted, DateTimeOffset? Again) StillDisrupted(JsonObject status, List<PodView> pods, DateTimeOffset now)
    {
        var still = new JsonObject();
        DateTimeOffset? again = null;
        if (status["disruptedPods"] is not JsonObject { Count: > 0 } granted) return (still, null);
        foreach (PodView pod in pods)
        {
            if (pod.Terminating || Fields.Time(granted, pod.Name) is not { } since) continue;
            DateTimeOffset until = since + DeletionTimeout;
            if (until < now) continue;
            still[pod.Name] = granted[pod.Name]!.DeepClone();
            // Just after it: at the very moment it still counts.
            if (again is null || until < again) again = until + TimeSpan.FromMilliseconds(1);
        }
        return (still, again);
    }

    private void PodChanged(PodView? before, PodView? after)
    {
        PodView pod = (after ?? before)!;
        // What a lost node ran is marked as failed before it is deleted.
        bool lost = after is { Finished: true } && Plane.CauseOfChange == DisruptionCause.Node;
        bool taken = before is not null && IsHealthy(before) && (after is null || after.Terminating || lost);
        bool counts = before is null || after is null || before.Ready != after.Ready || before.Terminating != after.Terminating || !ReferenceEquals(before.Controller, after.Controller);
        foreach (ItemView budget in Objects.InNamespace(pod.Namespace))
        {
            bool selected = budget.Selector.Matches(pod.Labels), was = before is not null && budget.Selector.Matches(before.Labels);
            if (!selected && !was) continue;
            if (counts || selected != was) Enqueue(budget.Key);
            if (taken && was) NoteIfBroken(budget, before!);
        }
    }

    // The picture is that of the very moment after the Pod was taken, whatever the status of the budget says.
    private void NoteIfBroken(ItemView budget, PodView pod)
    {
        List<PodView> pods = _count.Pods(budget);
        BudgetNumbers numbers = _count.Of(budget, pods);
        long healthy = pods.LongCount(IsHealthy);
        if (numbers.Problem is not null || healthy >= numbers.Desired) return;
        Plane.Disruptions.Add(new BudgetViolation(Plane.Now, budget.Namespace, budget.Name, pod.Name, Plane.CauseOfChange, healthy, numbers.Desired));
    }

    private void ScaleChanged(ItemView? before, ItemView? after)
    {
        if (before is not null && after is not null && Fields.Number(before.Spec, "replicas") == Fields.Number(after.Spec, "replicas")) return;
        foreach (ItemView budget in Objects.InNamespace((after ?? before)!.Namespace)) Enqueue(budget.Key);
    }
}
