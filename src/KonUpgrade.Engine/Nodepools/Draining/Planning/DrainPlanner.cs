using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Nodepools.Draining.Filters;
using KonUpgrade.Engine.Nodepools.Places;
using KonUpgrade.Engine.Nodepools.Pods;
using KonUpgrade.Engine.Workloads.Budgets;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Planning;

/// <summary>Says what draining nodes would do. Looks at nothing but the facts.</summary>
/// <param name="facts">What the cluster holds.</param>
/// <param name="options">How nodes are drained.</param>
/// <param name="now">The time.</param>
/// <param name="coming">Nodes that are not there yet, and will be before anything goes; null for none.</param>
internal sealed class DrainPlanner(DrainFacts facts, DrainOptions options, DateTimeOffset now, ComingNodes? coming = null)
{
    private const string SystemNamespace = "kube-system";

    private readonly PodFilters _filters = new(options.Force, options.DeleteEmptyDirData, options.SkipWaitForDeleteTimeout, facts.DaemonSets, now);
    private readonly ILookup<string, PodBudget> _budgets = facts.Budgets.ToLookup(budget => budget.Namespace, StringComparer.Ordinal);

    /// <summary>The plan.</summary>
    /// <param name="context">The cluster's context.</param>
    /// <param name="pool">The pool's name.</param>
    public NodepoolDrainPlan Plan(string? context, string pool)
    {
        var pods = facts.Pods.OrderBy(pod => pod.Node, StringComparer.Ordinal).ThenBy(pod => pod.Namespace, StringComparer.Ordinal)
            .ThenBy(pod => pod.Name, StringComparer.Ordinal)
            .Select(pod => new Planned(pod, JudgedAs(pod))).ToList();
        // A node that one pod is refused on keeps all of them: their places need not be looked for, nor their budgets.
        var aborted = pods.Where(pod => pod.Told.Failure is { } failure && failure.Id != PlanFailures.MultipleBudgetsId)
            .ToLookup(pod => pod.Told.Node, StringComparer.Ordinal);
        var going = pods.Where(pod => pod.Goes && !aborted.Contains(pod.Told.Node)).ToList();
        var places = new PodPlaces(facts.Staying, facts.OtherPods, coming);
        foreach (var pod in places.Order(going.Where(pod => ComesBack(pod.Facts)), pod => pod.Facts.Needs))
        {
            var place = places.Find(pod.Facts.Needs);
            pod.Told = pod.Told with { Place = place.Place, PlaceReason = place.Reason, LacksRoomOnly = place.LacksRoomOnly };
        }
        return new NodepoolDrainPlan
        {
            Context = context,
            Nodepool = pool,
            Nodes =
            [
                .. facts.Leaving.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => new DrainedNode
                {
                    Name = node.Name,
                    IsCordoned = node.IsUnschedulable,
                    PodCount = going.Count(pod => pod.Told.Node == node.Name),
                    Failures = PlanFailures.Grouped(node.Name, aborted[node.Name].Select(pod => pod.Told)),
                }),
            ],
            Pods = [.. pods.Select(pod => pod.Told)],
            Budgets = options.DisableEviction ? [] : [.. HoldingUp(going)],
            Warnings = [.. Warnings(going)],
            Failure = LastPool(pool, going, places),
        };
    }

    /// <summary>What becomes of one pod, places and other pods not looked at.</summary>
    public DrainedPod JudgedAs(PodFacts pod)
    {
        var (verdict, warnings) = _filters.Judge(pod);
        var budgets = verdict.Goes && !pod.IsBeyondBudgets && !options.DisableEviction
            ? _budgets[pod.Namespace].Where(budget => budget.Selects(pod.Namespace, pod.Labels)).ToList()
            : [];
        var told = new DrainedPod
        {
            Node = pod.Node ?? "",
            Namespace = pod.Namespace,
            Name = pod.Name,
            Uid = pod.Uid,
            Owner = pod.Controller?.ToString(),
            Action = verdict.Goes ? options.DisableEviction ? DrainAction.Delete : DrainAction.Evict : verdict.Refusal is null ? DrainAction.Leave : DrainAction.Refused,
            Reason = verdict.Warning ?? verdict.Refusal?.Message ?? WhyLeft(pod, verdict),
            Warnings = warnings,
            Budgets = [.. budgets.Select(budget => budget.Name).Order(StringComparer.Ordinal)],
        };
        if (verdict.Refusal is { } refusal)
            return told with { Failure = PlanFailures.Refused(told, refusal) };
        if (budgets.Count > 1)
            return told with { Action = DrainAction.Refused, Reason = "Several budgets select it, and the server evicts no such pod.", Failure = PlanFailures.MultipleBudgets(told) };
        return told;
    }

    private string? WhyLeft(PodFacts pod, PodVerdict verdict)
    {
        if (verdict.Goes)
            return null;
        return pod.IsMirror ? "Its kubelet runs it from a file." : TerminatingFilter.IsSkipped(pod, options.SkipWaitForDeleteTimeout, now) ? "It should have been gone long ago, and is not waited for." : null;
    }

    // A pod that has ended needs no place, nor does one that is gone for good. A Job that has not ended makes another one.
    private static bool ComesBack(PodFacts pod) => !pod.IsFinished && pod.Controller is not null;

    private IEnumerable<DrainBudget> HoldingUp(List<Planned> going)
    {
        foreach (var budget in facts.Budgets.OrderBy(budget => budget.Namespace, StringComparer.Ordinal).ThenBy(budget => budget.Name, StringComparer.Ordinal))
        {
            var asking = going.Where(pod => !pod.Facts.IsBeyondBudgets && budget.Selects(pod.Facts.Namespace, pod.Facts.Labels)
                && (pod.Facts.IsReady || !budget.SparesUnready)).ToList();
            if (asking.Count == 0 || (budget.IsSettled && budget.Allowed >= asking.Count))
                continue;
            yield return new DrainBudget
            {
                Namespace = budget.Namespace,
                Name = budget.Name,
                Needed = budget.Needed,
                Have = budget.Have,
                Allowed = budget.Allowed,
                IsBlocking = budget.IsBlocking,
                Pods = [.. asking.Select(pod => $"{pod.Told.Node}/{pod.Told.Name}")],
                Reason = Why(budget, asking.Count),
            };
        }
    }

    private static string Why(PodBudget budget, int asking) => (budget.IsSettled, budget.IsBlocking, budget.Allowed) switch
    {
        (false, _, _) => "The server has not reckoned it yet, and lets none of its pods go until then.",
        (_, true, _) => Text($"It needs {budget.Needed} of its {budget.Expected} pods healthy: it never lets one go. Let it need fewer, or give its workload more replicas."),
        (_, _, <= 0) => Text($"It needs {budget.Needed} healthy pods and has {budget.Have}: the first of {asking} waits until another one is healthy."),
        _ => Text($"It lets {budget.Allowed} of {asking} go at once; each of the others waits until one is healthy elsewhere."),
    };

    private IEnumerable<string> Warnings(List<Planned> going)
    {
        var stubborn = going.Where(pod => ComesBack(pod.Facts) && pod.Facts.Needs.ToleratesAll).Select(pod => pod.Facts.FullName).ToList();
        if (stubborn.Count > 0)
            yield return $"Pods that tolerate every taint may come back to the very nodes that are drained: {NameList.Some(stubborn)}.";
        if (options.DisableEviction)
        {
            var unasked = going.Where(pod => !pod.Facts.IsBeyondBudgets && _budgets[pod.Facts.Namespace].Any(budget => budget.Selects(pod.Facts.Namespace, pod.Facts.Labels)))
                .Select(pod => pod.Facts.FullName).ToList();
            if (unasked.Count > 0)
                yield return $"Pods are deleted without their budgets being asked: {NameList.Some(unasked)}.";
        }
        if (going.Count > 0 && coming is null && !facts.Staying.Any(node => node.TakesPods))
            yield return "No other node takes pods: what goes comes back nowhere until one does.";
    }

    // Room is not looked at here: nodes can be added, but a cluster whose own pods fit nowhere can't help itself.
    private Failure? LastPool(string pool, List<Planned> going, PodPlaces places)
    {
        if (options.AllowLastPool)
            return null;
        var stranded = going.Where(pod => pod.Facts.Namespace == SystemNamespace && ComesBack(pod.Facts) && !places.CouldTake(pod.Facts.Needs))
            .Select(pod => pod.Facts.FullName).ToList();
        return stranded.Count > 0 ? PlanFailures.LastPool(pool, stranded) : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Planned(PodFacts facts, DrainedPod told)
    {
        public PodFacts Facts { get; } = facts;

        public DrainedPod Told { get; set; } = told;

        public bool Goes => Told.Action is DrainAction.Evict or DrainAction.Delete || Told.Failure?.Id == PlanFailures.MultipleBudgetsId;
    }
}
