using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>
/// The steps of a system: those of every system, changed by what its description says, and by what whoever makes a plan
/// leaves out and adds. A step without another that it waited for waits for what that one waited for.
/// </summary>
internal sealed class SystemSteps
{
    private const string Resource = "Upgrades/steps.yaml";

    private readonly List<Candidate> _steps = [];

    private SystemSteps(SystemInPlace inPlace, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> given)
    {
        foreach (var one in inPlace.Steps)
            _steps.Add(Read(one, given));
        foreach (var (one, step) in inPlace.Steps.Zip(_steps.ToList()))
            Await(one, step.Id);
        if (PlanCheck.Of(Steps, UpgradeWay.InPlace) is { } problem)
            throw inPlace.Error("steps", problem.Reason);
    }

    private SystemSteps(SystemDescription system, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> given)
    {
        foreach (var step in Default())
            _steps.Add(Read(step, given));
        if (system.Upgrade is not { } own)
            return;
        foreach (var id in own.Omit)
        {
            if (!Remove(id))
                throw own.Error("omit", $"'{id}' is none of the steps that every system has: {string.Join(", ", _steps.Select(step => step.Id))}.");
        }

        foreach (var one in own.Steps)
        {
            var step = Read(one, given);
            _steps.RemoveAll(other => other.Id == step.Id);
            _steps.Add(step);
            Await(one, step.Id);
        }

        if (PlanCheck.Of(Steps) is { } problem)
            throw own.Error("steps", problem.Reason);
    }

    private List<UpgradeStep> Steps => [.. _steps.Select(candidate => candidate.Step)];

    /// <summary>All steps that a plan of a system can have.</summary>
    /// <exception cref="UpgradeException">InvalidSystem, with the place in the system's file.</exception>
    public static IReadOnlyList<UpgradeStep> Of(SystemDescription system) => new SystemSteps(system, new Dictionary<string, IReadOnlyDictionary<string, string>>()).Steps;

    /// <summary>The steps of a plan.</summary>
    /// <exception cref="UpgradeException">UnknownStep, StepSettingInvalid, StepSettingMissing, PlanBroken; InvalidSystem.</exception>
    public static IReadOnlyList<UpgradeStep> For(SystemDescription system, UpgradePlanOptions options, IReporter reporter) =>
        new SystemSteps(system, options.Setting).Chosen(options, UpgradeWay.BlueGreen, reporter);

    /// <summary>The steps of one version of an upgrade in place, as the system's description has them.</summary>
    /// <exception cref="UpgradeException">InvalidSystem, with the place in the system's file.</exception>
    public static IReadOnlyList<UpgradeStep> InPlace(SystemDescription system) => new SystemSteps(system.InPlace!, new Dictionary<string, IReadOnlyDictionary<string, string>>()).Steps;

    /// <summary>The steps of one version of a plan in place.</summary>
    /// <exception cref="UpgradeException">UnknownStep, StepSettingInvalid, StepSettingMissing, PlanBroken; InvalidSystem.</exception>
    public static IReadOnlyList<UpgradeStep> InPlace(SystemDescription system, UpgradePlanOptions options, IReporter reporter) =>
        new SystemSteps(system.InPlace!, options.Setting).Chosen(options, UpgradeWay.InPlace, reporter);

    private List<UpgradeStep> Chosen(UpgradePlanOptions options, UpgradeWay way, IReporter reporter)
    {
        if (options.Omit.Concat(options.Setting.Keys).FirstOrDefault(id => !_steps.Exists(step => step.Id == id)) is { } unknown)
            throw new UpgradeException(UpgradePlanner.UnknownStep(unknown, "the plan", Steps));
        foreach (var id in options.Omit)
            Remove(id);
        Share();
        foreach (var step in _steps.Where(step => step.Missing.Count > 0).ToList())
        {
            if (!step.IsOptional)
                throw new UpgradeException(Missing(step));
            Remove(step.Id);
            reporter.Information($"The plan has no step '{step.Id}' ({step.Step.Kind}): it is there with -Setting {Example(step)}.");
        }

        return PlanCheck.Of(Steps, way) is { } problem ? throw new UpgradeException(Broken(problem, options)) : Steps;
    }

    private void Await(SystemStep one, string step)
    {
        foreach (var id in one.Before)
        {
            if (_steps.FindIndex(other => other.Id == id) is not (>= 0 and var at))
                throw one.Node.Error("before", $"'{id}' is no step.");
            _steps[at] = _steps[at].Waiting(step);
        }
    }

    private bool Remove(string id)
    {
        if (_steps.Find(step => step.Id == id) is not { } gone)
            return false;
        _steps.Remove(gone);
        for (var i = 0; i < _steps.Count; i++)
            _steps[i] = _steps[i].Without(gone.Step, Reaches);
        return true;
    }

    // Whether a step comes after another one by what it waits for.
    private bool Reaches(string step, string other) => step == other || (_steps.Find(one => one.Id == step)?.Step.After.Any(id => Reaches(id, other)) ?? false);

    // What one step says others need not be told.
    private void Share()
    {
        var steps = Steps;
        for (var i = 0; i < _steps.Count; i++)
            _steps[i] = _steps[i] with { Step = TrafficStepKinds.Shared(_steps[i].Step, steps) };
    }

    private static Candidate Read(SystemStep step, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> given)
    {
        var (read, _) = StepText.Read(step.Node, step.Node.Text("id") is { } id && given.TryGetValue(id, out var own) ? own : new Dictionary<string, string>());
        return new Candidate(read, step.IsOptional);
    }

    private static IReadOnlyList<SystemStep> Default()
    {
        using var stream = typeof(SystemSteps).Assembly.GetManifestResourceStream(Resource)!;
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return SystemStep.ReadAll(DescriptionNode.Root(YamlReader.ReadNodes(buffer.ToArray(), Resource)[0], Resource));
    }

    private static string Example(Candidate step) => $"@{{ '{step.Id}' = @{{ {string.Join("; ", step.Missing.Select(name => $"{name} = …"))} }} }}";

    private static Failure Missing(Candidate step) => new()
    {
        Id = "StepSettingMissing",
        Kind = FailureKind.InvalidArgument,
        Message = $"The step '{step.Id}' of the plan ({step.Step.Kind}) needs to know: {string.Join(", ", step.Missing)}.",
        Recommendation = $"Give it with -Setting {Example(step)}, or make the plan without the step: -Omit {step.Id}.",
        Target = step.Id,
    };

    /// <summary>That a plan does not hold: by a setting that was given, without steps that were omitted, or by itself.</summary>
    public static Failure Broken(PlanProblem problem, UpgradePlanOptions options)
    {
        // In place a setting may be for the steps of all hops.
        if (options.Setting.Any(step => step.Value.ContainsKey(problem.Field) && (problem.StepId == step.Key || problem.StepId.StartsWith($"{step.Key}-", StringComparison.Ordinal))))
            return StepText.Invalid(problem.StepId, problem.Field, problem.Reason);
        return new()
        {
            Id = "PlanBroken",
            Kind = FailureKind.InvalidArgument,
            Message = options.Omit.Count == 0 ? $"The plan does not hold: {problem.Reason}" : $"Without the steps that are omitted the plan does not hold: {problem.Reason}",
            Recommendation = options.Omit.Count == 0 ? $"Change what is said of '{problem.StepId}'." : $"Omit '{problem.StepId}' as well, or keep what it needs.",
            Target = problem.StepId,
        };
    }

    // A step that a plan can have.
    private sealed record Candidate(UpgradeStep Step, bool IsOptional)
    {
        /// <summary>What it needs to know and nobody says.</summary>
        public IReadOnlyList<string> Missing => StepText.MissingOf(Step);

        public string Id => Step.Id;

        public Candidate Waiting(string id) => this with { Step = Step with { After = [.. Step.After.Union([id])] } };

        public Candidate Without(UpgradeStep gone, Func<string, string, bool> reaches)
        {
            if (!Step.After.Contains(gone.Id))
                return this;
            var kept = Step.After.Where(id => id != gone.Id).ToList();
            var added = gone.After.Where(id => !kept.Exists(other => reaches(other, id)));
            return this with { Step = Step with { After = [.. Step.After.SelectMany(id => id == gone.Id ? added : [id])] } };
        }
    }
}
