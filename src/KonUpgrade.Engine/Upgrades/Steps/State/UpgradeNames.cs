using KonUpgrade.Engine.Upgrades.Running;

namespace KonUpgrade.Engine.Upgrades.Steps.State;

/// <summary>Names of what a step makes outside the journal: by upgrade and step, so that a run that is gone on with finds it again.</summary>
internal static class UpgradeNames
{
    // A label's value in Kubernetes; names of AWS Backup may be longer.
    private const int Longest = 63;

    /// <summary>The name.</summary>
    /// <param name="run">The step.</param>
    /// <param name="byAttempt">Whether an attempt that failed is not found again by the next one.</param>
    public static string Of(StepRun run, bool byAttempt)
    {
        var id = run.Mark[(run.Mark.LastIndexOf('/') + 1)..];
        var end = byAttempt ? $"{id}-{run.Step.Attempt}" : id;
        var begin = $"{run.Plan.Name}-{run.Step.Id}";
        var room = Longest - end.Length - 1;
        return $"{(begin.Length <= room ? begin : begin[..room].TrimEnd('-'))}-{end}";
    }
}
