using System.Globalization;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>Waits until something is so, by a step's own <c>timeout</c> and <c>interval</c>.</summary>
internal static class Waiting
{
    /// <summary>Looks again and again.</summary>
    /// <param name="run">The step.</param>
    /// <param name="look">Looks once: whether it is so, and what was seen. A server that does not answer is one of those looks.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What was seen last.</returns>
    /// <exception cref="UpgradeException">WaitTimeout: it was not so in time; or what waiting does not mend.</exception>
    public static Task<string> ForAsync(StepRun run, Func<CancellationToken, Task<(bool Done, string Seen)>> look, CancellationToken cancellationToken) =>
        ForAsync(run, look, run.Time.GetUtcNow(), cancellationToken);

    /// <summary>Looks again and again, at least once.</summary>
    /// <param name="run">The step.</param>
    /// <param name="look">Looks once: whether it is so, and what was seen. A server that does not answer is one of those looks.</param>
    /// <param name="since">From when on its time counts: that of an earlier run, for what lasts longer than one.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What was seen last.</returns>
    /// <exception cref="UpgradeException">WaitTimeout: it was not so in time; or what waiting does not mend.</exception>
    public static async Task<string> ForAsync(StepRun run, Func<CancellationToken, Task<(bool Done, string Seen)>> look, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var (done, seen) = await UntilAsync(run, look, since, cancellationToken).ConfigureAwait(false);
        return done ? seen : throw new UpgradeException(TooLong(run, seen));
    }

    /// <summary>Looks again and again, for as long as the step may, from now on.</summary>
    /// <returns>Whether it was so in time, and what was seen last.</returns>
    /// <exception cref="UpgradeException">What waiting does not mend.</exception>
    public static Task<(bool Done, string Seen)> UntilAsync(StepRun run, Func<CancellationToken, Task<(bool Done, string Seen)>> look, CancellationToken cancellationToken) =>
        UntilAsync(run, look, run.Time.GetUtcNow(), cancellationToken);

    /// <summary>Looks again and again, at least once, for as long as the step may.</summary>
    /// <param name="run">The step.</param>
    /// <param name="look">Looks once: whether it is so, and what was seen. A server that does not answer is one of those looks.</param>
    /// <param name="since">From when on its time counts: that of an earlier run, for what lasts longer than one.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Whether it was so in time, and what was seen last.</returns>
    /// <exception cref="UpgradeException">What waiting does not mend.</exception>
    public static async Task<(bool Done, string Seen)> UntilAsync(
        StepRun run, Func<CancellationToken, Task<(bool Done, string Seen)>> look, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var timeout = run.Duration("timeout");
        var gone = run.Time.GetUtcNow() - since;
        var interval = run.Duration("interval");
        var start = run.Time.GetTimestamp();
        var told = false;
        var activity = $"Waiting: {run.Step.Title}";
        try
        {
            return await LoopAsync().ConfigureAwait(false);
        }
        finally
        {
            run.Reporter.Progress(new ProgressReport { Activity = activity, Completed = true });
        }

        async Task<(bool Done, string Seen)> LoopAsync()
        {
            while (true)
            {
                string seen;
                try
                {
                    (var done, seen) = await look(cancellationToken).ConfigureAwait(false);
                    if (done)
                        return (true, seen);
                }
                catch (UpgradeException e) when (e.Failure.Kind is FailureKind.Unavailable or FailureKind.Timeout or FailureKind.LimitsExceeded)
                {
                    seen = e.Failure.Message;
                }

                run.Reporter.Progress(new ProgressReport { Activity = activity, Status = string.Create(CultureInfo.InvariantCulture, $"{seen} (since {since:HH:mm:ss} UTC)") });
                if (!told)
                    run.Reporter.Information($"{run.Step.Id}: waiting, at most {timeout}: {seen}");
                told = true;
                var left = timeout - gone - run.Time.GetElapsedTime(start);
                if (left <= TimeSpan.Zero)
                    return (false, seen);
                run.Reporter.Verbose($"{run.Step.Id}: {seen}; looking again in {interval.TotalSeconds:0.#} s");
                await Task.Delay(left < interval ? left : interval, run.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>That it was not so in time.</summary>
    public static Failure TooLong(StepRun run, string seen) => new()
    {
        Id = "WaitTimeout",
        Kind = FailureKind.Timeout,
        Message = $"Step '{run.Step.Id}' waited {run.Duration("timeout")} in vain. Last seen: {seen}",
        Recommendation = "Mend what it waits for and resume; the step's timeout in the plan says how long it waits.",
        Target = run.Step.Id,
    };
}
