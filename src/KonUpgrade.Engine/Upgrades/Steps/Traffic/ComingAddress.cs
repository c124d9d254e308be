using KonUpgrade.Engine.Traffic;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Traffic;

/// <summary>Before an import green has nothing for which a load balancer would be there: that is no failure of what a later step would do.</summary>
internal static class ComingAddress
{
    /// <summary>What a step would do, or that it is found out once the import is done.</summary>
    /// <exception cref="UpgradeException">Whatever else the step can't find out.</exception>
    public static async Task<StepResult> OrAsync(StepRun run, Func<Task<StepResult>> preview)
    {
        Failure? failure;
        try
        {
            var result = await preview().ConfigureAwait(false);
            if (result.Failure is not { } found || !IsComing(found))
                return result;
            failure = found;
        }
        catch (UpgradeException e) when (IsComing(e.Failure))
        {
            failure = e.Failure;
        }

        run.Reporter.Verbose(failure.Message);
        return new StepResult($"{string.Join(", ", run.Texts("hosts"))}: found out when what is imported has its load balancer on {run.Green.Context.Name}");

        bool IsComing(Failure why) => why.Id == TrafficFailures.NoAddressId
            && run.Plan.Steps.Any(step => step.Kind == StepKind.ImportConfig && run.Other(step.Id).State != UpgradeStepState.Completed);
    }
}
