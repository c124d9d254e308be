using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>What is done for each kind of step.</summary>
internal sealed class StepWorks(IEnumerable<IStepWork> works)
{
    private readonly Dictionary<string, IStepWork> _works = works.ToDictionary(work => work.Kind, StringComparer.Ordinal);

    /// <summary>What is done for a step.</summary>
    public IStepWork For(UpgradeStep step) => _works[step.Kind];

    /// <summary>The steps whose output a step uses.</summary>
    public static IEnumerable<string> UsedBy(UpgradeStep step) =>
        StepKind.Find(step.Kind)!.Fields.Where(field => field.Type == StepFieldType.Step).Select(field => step.Setting.GetValueOrDefault(field.Name)).OfType<string>();
}
