using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>What becomes of an upgrade where something is not as it should be.</summary>
internal enum StepDecision
{
    /// <summary>A person is asked.</summary>
    Approve,

    /// <summary>The step fails.</summary>
    Fail,

    /// <summary>It is told, and the upgrade goes on.</summary>
    Report,
}

/// <summary>What a step's own decision means for what it found.</summary>
internal static class StepDecisions
{
    /// <summary>The step's result where something is not as it should be.</summary>
    /// <param name="run">The step.</param>
    /// <param name="setting">Its setting that says what is decided.</param>
    /// <param name="text">What was found.</param>
    /// <param name="point">What somebody would approve: this and nothing else.</param>
    /// <param name="failure">What the failure would be.</param>
    public static StepResult Decide(StepRun run, string setting, string text, string point, Func<Failure> failure) => run.Choice<StepDecision>(setting) switch
    {
        StepDecision.Report => new StepResult(text),
        StepDecision.Fail => new StepResult(text) { Failure = failure() },
        _ => run.IsApproved(point) ? new StepResult($"{text} (approved)") : new StepResult(text) { ApprovalPoint = point },
    };
}
