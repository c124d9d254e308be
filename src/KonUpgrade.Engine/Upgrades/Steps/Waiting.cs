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
    /// <param name="tooLong">What it is called that it was not so in time, by the time and what was seen last; <c>WaitTimeout</c> unless told.</param>
    /// <returns>What was seen last.</returns>
    /// <exception cref="UpgradeException">It was not so in time; or what waiting does not mend.</exception>
    public static async Task<string> ForAsync(
        StepRun run, Func<CancellationToken, Task<(bool Done, string Seen)>> look, CancellationToken cancellationToken, Func<TimeSpan, string, Failure>? tooLong = null)
    {
        var timeout = run.Duration("timeout");
        var interval = run.Duration("interval");
        var start = run.Time.GetTimestamp();
        var since = run.Time.GetUtcNow();
        var told = false;
        var activity = $"Waiting for {run.Step.Title}";
        try
        {
            return await LoopAsync().ConfigureAwait(false);
        }
        finally
        {
            run.Reporter.Progress(new ProgressReport { Activity = activity, Completed = true });
        }

        async Task<string> LoopAsync()
        {
            while (true)
            {
                string seen;
                try
                {
                    (var done, seen) = await look(cancellationToken).ConfigureAwait(false);
                    if (done)
                        return seen;
                }
                catch (UpgradeException e) when (e.Failure.Kind is FailureKind.Unavailable or FailureKind.Timeout or FailureKind.LimitsExceeded)
                {
                    seen = e.Failure.Message;
                }

                run.Reporter.Progress(new ProgressReport { Activity = activity, Status = string.Create(CultureInfo.InvariantCulture, $"{seen} (since {since:HH:mm:ss} UTC)") });
                if (!told)
                    run.Reporter.Information($"{run.Step.Id}: waiting, at most {timeout}: {seen}");
                told = true;
                var left = timeout - run.Time.GetElapsedTime(start);
                if (left <= TimeSpan.Zero)
                    throw new UpgradeException(tooLong?.Invoke(timeout, seen) ?? TooLong(run, timeout, seen));
                run.Reporter.Verbose($"{run.Step.Id}: {seen}; looking again in {interval.TotalSeconds:0.#} s");
                await Task.Delay(left < interval ? left : interval, run.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static Failure TooLong(StepRun run, TimeSpan timeout, string seen) => new()
    {
        Id = "WaitTimeout",
        Kind = FailureKind.Timeout,
        Message = $"Step '{run.Step.Id}' waited {timeout} in vain. Last seen: {seen}",
        Recommendation = "Mend what it waits for and resume; the step's timeout in the plan says how long it waits.",
        Target = run.Step.Id,
    };
}
