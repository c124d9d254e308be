using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Checks;

/// <summary>
/// Watches a cluster for a time: it must stay well. One bad look may be an accident and is borne; what lasts ends the soak.
/// A run that is resumed goes on with the rest of the time; a new attempt begins anew.
/// </summary>
internal sealed class SoakWork : IStepWork
{
    private const string SinceNote = "since";
    private const string AttemptNote = "attempt";

    /// <inheritdoc/>
    public string Kind => StepKind.Soak;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        var until = await SinceAsync(run).ConfigureAwait(false) + run.Duration("duration");
        var borne = int.Parse(run.Value("tolerate")!, CultureInfo.InvariantCulture);
        var activity = $"Watching {run.Target.Context.Name}";
        var (looks, bad) = (0, 0);
        try
        {
            while (true)
            {
                var blocked = await LookAsync(run, cancellationToken).ConfigureAwait(false);
                looks++;
                bad = blocked is null ? 0 : bad + 1;
                if (blocked is not null)
                    run.Reporter.Warning($"{run.Step.Id}: {blocked.Message}");
                if (bad > borne)
                    return new StepResult(string.Create(CultureInfo.InvariantCulture, $"not well after {looks} looks")) { Failure = blocked };
                var left = until - run.Time.GetUtcNow();
                run.Reporter.Progress(new ProgressReport { Activity = activity, Status = string.Create(CultureInfo.InvariantCulture, $"{(blocked is null ? "well" : "not well")}, until {until:HH:mm:ss} UTC") });
                // A soak ends with a good look.
                if (left <= TimeSpan.Zero && bad == 0)
                    return new StepResult(string.Create(CultureInfo.InvariantCulture, $"well for {run.Duration("duration")}, {looks} looks"));
                var interval = run.Duration("interval");
                await Task.Delay(left > TimeSpan.Zero && left < interval ? left : interval, run.Time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            run.Reporter.Progress(new ProgressReport { Activity = activity, Completed = true });
        }
    }

    private static async Task<DateTimeOffset> SinceAsync(StepRun run)
    {
        if (run.Notes[AttemptNote]?.GetValue<int>() == run.Step.Attempt
            && DateTimeOffset.TryParse(run.Notes[SinceNote]?.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var since))
            return since;
        var now = run.Time.GetUtcNow();
        await run.NoteAsync(new JsonObject { [SinceNote] = now.ToString("O", CultureInfo.InvariantCulture), [AttemptNote] = run.Step.Attempt }).ConfigureAwait(false);
        return now;
    }

    // Null where all is well. A cluster that can't be asked is not well.
    private static async Task<Failure?> LookAsync(StepRun run, CancellationToken cancellationToken)
    {
        var checks = new List<ReadinessCheck>();
        try
        {
            await foreach (var check in HealthLook.RunAsync(run, wait: null, cancellationToken).ConfigureAwait(false))
                checks.Add(check);
        }
        catch (UpgradeException e) when (e.Failure.Kind is FailureKind.Unavailable or FailureKind.Timeout or FailureKind.LimitsExceeded)
        {
            return e.Failure;
        }

        return CheckVerdict.Blocking(checks) is { Count: > 0 } blocking ? CheckVerdict.Blocked("SoakNotHealthy", blocking) : null;
    }
}
