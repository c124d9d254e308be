using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Upgrades.Running;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>
/// When an attempt of a step began, also where an earlier run began it: what lasts longer than a run counts its time from
/// there. A new attempt, after a failure, begins anew.
/// </summary>
internal static class AttemptStart
{
    private const string SinceNote = "since";
    private const string AttemptNote = "attempt";

    /// <summary>When it began; now, where it begins, which is noted.</summary>
    public static async Task<DateTimeOffset> OfAsync(StepRun run)
    {
        if (run.Notes[AttemptNote]?.GetValue<int>() == run.Step.Attempt
            && DateTimeOffset.TryParse(run.Notes[SinceNote]?.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var since))
            return since;
        var now = run.Time.GetUtcNow();
        await run.NoteAsync(new JsonObject { [SinceNote] = now.ToString("O", CultureInfo.InvariantCulture), [AttemptNote] = run.Step.Attempt }).ConfigureAwait(false);
        return now;
    }
}
