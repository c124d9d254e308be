using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>What is done for each kind of step.</summary>
internal sealed class StepWorks(IEnumerable<IStepWork> works)
{
    private readonly Dictionary<string, IStepWork> _works = works.ToDictionary(work => work.Kind, StringComparer.Ordinal);

    /// <summary>What is done for a step.</summary>
    public IStepWork For(UpgradeStep step) => _works[step.Kind];

    /// <summary>What others have to heed as long as what some steps did is in force.</summary>
    /// <param name="steps">The steps, as they stand.</param>
    /// <param name="runOf">What the work of each has at hand.</param>
    public IEnumerable<string> ToHeed(IEnumerable<UpgradeStep> steps, Func<UpgradeStep, StepRun> runOf) => steps.Select(step => For(step).ToHeed(runOf(step))).OfType<string>();

    /// <summary>The steps whose output a step uses.</summary>
    public static IEnumerable<string> UsedBy(UpgradeStep step) =>
        StepKind.Find(step.Kind)!.Fields.Where(field => field.Type == StepFieldType.Step).Select(field => step.Setting.GetValueOrDefault(field.Name)).OfType<string>();
}
