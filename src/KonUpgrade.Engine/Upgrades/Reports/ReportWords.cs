using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Reports;

/// <summary>How an upgrade stands, in sentences for people.</summary>
internal static class ReportWords
{
    /// <summary>Whether it is being taken back, or was, wholly or not.</summary>
    public static bool IsBack(BlueGreenUpgradeState state) => state is BlueGreenUpgradeState.Undoing or BlueGreenUpgradeState.UndoFailed or BlueGreenUpgradeState.Undone;

    /// <summary>The outcome.</summary>
    public static string Outcome(BlueGreenUpgrade upgrade, bool removesImported)
    {
        var done = upgrade.Steps.Count(step => step.State == UpgradeStepState.Completed);
        var of = $"{done} of {ReportText.Count(upgrade.Steps.Count, "step is", "steps are")} done";
        return upgrade.State switch
        {
            BlueGreenUpgradeState.Completed => $"All {ReportText.Count(upgrade.Steps.Count, "step is", "steps are")} done.",
            BlueGreenUpgradeState.Running => $"A run is under way, or was cut off: {of}.",
            BlueGreenUpgradeState.AwaitingApproval => $"It waits for somebody's word: {of}.",
            BlueGreenUpgradeState.Stopped => $"It was stopped at a safe point: {of}.",
            BlueGreenUpgradeState.Failed => $"A step failed: {of}.",
            BlueGreenUpgradeState.Undoing => "It is being taken back, or that was cut off.",
            BlueGreenUpgradeState.UndoFailed => "It could not be taken back wholly.",
            BlueGreenUpgradeState.Undone when upgrade.Green is null => "What can be taken back has been; below is what stays.",
            BlueGreenUpgradeState.Undone => removesImported ? "What was done has been taken back, and what was created on green is removed." : "What was done has been taken back; what was created on green is held there.",
            _ => of,
        };
    }

    /// <summary>The way back.</summary>
    public static string Back(BlueGreenUpgrade upgrade, int open) => upgrade.State switch
    {
        BlueGreenUpgradeState.Undone => "It has been taken back. Below is what became of each step, the latest first.",
        _ when open == 0 => "No step has been begun: there is nothing to take back.",
        BlueGreenUpgradeState.UndoFailed => "It was taken back as far as that went. Mend the cause; the same command goes on.",
        BlueGreenUpgradeState.Undoing => "It is being taken back. The same command goes on where it was cut off.",
        _ when upgrade.Green is null => "One command takes back what can be taken back, the latest first; below is what stays.",
        _ => "One command takes back what was done, the latest first; blue works as before before anything else is touched.",
    };
}
