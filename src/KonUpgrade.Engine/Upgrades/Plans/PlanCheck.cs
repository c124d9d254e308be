using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>What is wrong with a plan as a whole, though each of its steps is right by itself.</summary>
/// <param name="StepId">The step that it is about.</param>
/// <param name="Field">The field of the step.</param>
/// <param name="Reason">What is wrong.</param>
internal sealed record PlanProblem(string StepId, string Field, string Reason);

/// <summary>
/// Checks the steps of a plan against each other: references, circles, and whether what a step needs is there by then
/// and has not been undone again, in whatever order the steps run that <c>after</c> allows.
/// </summary>
internal sealed class PlanCheck
{
    private readonly IReadOnlyList<UpgradeStep> _steps;
    private readonly UpgradeWay _way;
    private readonly Dictionary<string, UpgradeStep> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _before = new(StringComparer.Ordinal);

    private PlanCheck(IReadOnlyList<UpgradeStep> steps, UpgradeWay way) => (_steps, _way) = (steps, way);

    /// <summary>The first thing that is wrong; null where nothing is.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="way">Whether the plan has a green cluster.</param>
    public static PlanProblem? Of(IReadOnlyList<UpgradeStep> steps, UpgradeWay way = UpgradeWay.BlueGreen) => new PlanCheck(steps, way).Run();

    /// <summary>The steps in an order in which each comes after those that it waits for, as near to the given one as can be.</summary>
    public static IReadOnlyList<UpgradeStep> Ordered(IReadOnlyList<UpgradeStep> steps)
    {
        var left = steps.ToList();
        var done = new HashSet<string>(StringComparer.Ordinal);
        var ordered = new List<UpgradeStep>();
        while (left.Find(step => step.After.All(done.Contains)) is { } next)
        {
            left.Remove(next);
            done.Add(next.Id);
            ordered.Add(next);
        }

        return [.. ordered, .. left];
    }

    private PlanProblem? Run()
    {
        foreach (var step in _steps)
        {
            if (!_byId.TryAdd(step.Id, step))
                return new PlanProblem(step.Id, "id", $"Two steps have the id '{step.Id}'.");
        }

        foreach (var step in _steps)
        {
            if (step.After.FirstOrDefault(id => !_byId.ContainsKey(id)) is { } missing)
                return new PlanProblem(step.Id, "after", $"Step '{step.Id}' waits for '{missing}', which is no step of the plan.");
        }

        if (Circle() is { } circle)
            return new PlanProblem(circle[0], "after", $"The steps wait for each other in a circle: {string.Join(" → ", circle)}.");
        foreach (var step in _steps)
            _before[step.Id] = AllBefore(step);
        return _steps.Select(ProblemOf).FirstOrDefault(problem => problem is not null) ?? Unordered();
    }

    // Two that change one cluster side by side may each take the other's change for somebody's.
    private PlanProblem? Unordered()
    {
        var changing = _steps.Where(step => StepFacts.Changes(step) is not null).ToList();
        foreach (var step in changing)
        {
            if (changing.Find(other => other.Id != step.Id && StepFacts.Changes(other) == StepFacts.Changes(step) && !_before[step.Id].Contains(other.Id) && !_before[other.Id].Contains(step.Id)) is { } beside)
                return new PlanProblem(beside.Id, "after", $"Steps '{step.Id}' and '{beside.Id}' both change {StepFacts.Changes(step).ToString()!.ToLowerInvariant()}, and neither waits for the other.");
        }

        return null;
    }

    private PlanProblem? ProblemOf(UpgradeStep step)
    {
        if (_way == UpgradeWay.InPlace && step.Target == UpgradeSide.Green)
            return new PlanProblem(step.Id, "target", $"Step '{step.Id}' ({step.Kind}) is about green, and an upgrade in place has no green cluster.");
        foreach (var field in StepKind.Find(step.Kind)!.Fields.Where(f => f.Type == StepFieldType.Step))
        {
            if (!step.Setting.TryGetValue(field.Name, out var id))
                continue;
            if (!_byId.TryGetValue(id, out var other))
                return new PlanProblem(step.Id, field.Name, $"Step '{step.Id}' uses '{id}', which is no step of the plan.");
            if (!field.Kinds.Contains(other.Kind))
                return new PlanProblem(step.Id, field.Name, $"Step '{step.Id}' uses '{id}', which is of kind {other.Kind}; it needs {string.Join(" or ", field.Kinds)}.");
            if (!_before[step.Id].Contains(id))
                return new PlanProblem(step.Id, "after", $"Step '{step.Id}' uses '{id}', and does not wait for it.");
        }

        if (step.Kind == StepKind.External && !HasProof(step))
            return new PlanProblem(step.Id, "kind", $"Nothing proves that step '{step.Id}' is done: it needs object and field (with value), systemVersion, or probe: true and a script block.");
        if (step.Kind == StepKind.External && step.Target == UpgradeSide.None && step.Setting.ContainsKey("systemVersion"))
            return new PlanProblem(step.Id, "systemVersion", $"Step '{step.Id}' looks at a system's version, and does not say on which cluster: target is Blue or Green.");
        if (step.Setting.TryGetValue("object", out var watched))
        {
            if (watched.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
                return new PlanProblem(step.Id, "object", $"'{watched}' is no object: a kind and a name, as App.k11n.dev/shop.");
            if (step.Target == UpgradeSide.None)
                return new PlanProblem(step.Id, "object", $"Step '{step.Id}' looks at an object, and does not say on which cluster: target is Blue or Green.");
            if (step.Setting.TryGetValue("field", out var field) && !FieldPath.TryParse(field, out _))
                return new PlanProblem(step.Id, "field", $"'{field}' is no field's path, such as status.phase.");
        }

        if (TrafficStepKinds.ProblemOf(step, _steps) is { } problem)
            return problem;
        return StepFacts.Needs(step).Select(need => Unmet(step, need)).FirstOrDefault(unmet => unmet is not null);
    }

    private static bool HasProof(UpgradeStep step) =>
        StepKind.ValueOf(step, "probe") == "true" || step.Setting.ContainsKey("systemVersion") || (step.Setting.ContainsKey("object") && step.Setting.ContainsKey("field"));

    private PlanProblem? Unmet(UpgradeStep step, StepFact need)
    {
        var before = _before[step.Id];
        var makers = _steps.Where(s => before.Contains(s.Id) && StepFacts.Makes(s).Contains(need)).ToList();
        if (makers.Count == 0)
            return new PlanProblem(step.Id, "after", $"Step '{step.Id}' needs that {need.Words}, and no step before it does that.");
        // A step that takes it away again must come before one that makes it, or after this one.
        foreach (var breaker in _steps.Where(s => s.Id != step.Id && StepFacts.Breaks(s).Contains(need)))
        {
            var earlier = makers.Exists(maker => _before[maker.Id].Contains(breaker.Id));
            if (!earlier && !_before[breaker.Id].Contains(step.Id))
                return new PlanProblem(breaker.Id, "after", $"Step '{step.Id}' needs that {need.Words}, and '{breaker.Id}' undoes that before it, or may.");
        }

        return null;
    }

    private HashSet<string> AllBefore(UpgradeStep step)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(step.After);
        while (open.TryPop(out var id))
        {
            if (found.Add(id))
            {
                foreach (var next in _byId[id].After)
                    open.Push(next);
            }
        }

        return found;
    }

    private List<string>? Circle()
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        return _steps.Select(step => Visit(step.Id)).FirstOrDefault(circle => circle is not null);

        List<string>? Visit(string id)
        {
            if (path.IndexOf(id) is >= 0 and var from)
                return [.. path[from..], id];
            if (!done.Add(id))
                return null;
            path.Add(id);
            var found = _byId[id].After.Select(Visit).FirstOrDefault(circle => circle is not null);
            path.RemoveAt(path.Count - 1);
            return found;
        }
    }
}
