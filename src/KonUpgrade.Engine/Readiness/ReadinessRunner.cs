using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness;

/// <summary>Runs checks side by side. What keeps one from finding out makes that one unknown, and the others go on.</summary>
public static class ReadinessRunner
{
    private const int AtOnce = 4;

    /// <summary>Runs them, and gives how they came out in the order of the checks.</summary>
    /// <param name="checks">The checks.</param>
    /// <param name="subject">What they look at.</param>
    /// <param name="reporter">Told how far it is.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="atOnce">How many look at once; null for the usual number.</param>
    public static async IAsyncEnumerable<ReadinessCheck> RunAsync<TSubject>(
        IReadOnlyList<IReadinessCheck<TSubject>> checks, TSubject subject, IReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken, int? atOnce = null)
        where TSubject : IReadinessSubject
    {
        ArgumentNullException.ThrowIfNull(checks);
        ArgumentNullException.ThrowIfNull(reporter);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var gate = new SemaphoreSlim(atOnce ?? AtOnce);
        var activity = $"Checking {subject.Name}";
        var done = 0;
        var running = checks.Select(check => Task.Run(() => RunAsync(check, subject, gate, stop.Token), CancellationToken.None)).ToList();
        try
        {
            foreach (var one in running)
            {
                var result = await one.ConfigureAwait(false);
                reporter.Progress(new ProgressReport { Activity = activity, Status = result.Id, Done = ++done, Total = running.Count });
                reporter.Verbose($"{subject.Name}: {result.Id} {result.Status} in {result.Duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s. {result.Message}");
                yield return result;
            }
            reporter.Progress(new ProgressReport { Activity = activity, Done = done, Total = running.Count, Completed = true });
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<ReadinessCheck> RunAsync<TSubject>(IReadinessCheck<TSubject> check, TSubject subject, SemaphoreSlim gate, CancellationToken cancellationToken)
        where TSubject : IReadinessSubject
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        ReadinessOutcome outcome;
        try
        {
            outcome = check.Rule.IsClusterWide && subject.Namespaces.Count > 0
                ? ReadinessOutcome.None("It is about the whole cluster, and only some namespaces are meant.")
                : await check.RunAsync(subject, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e)
        {
            outcome = new ReadinessOutcome { Examined = "", Unread = [e.Failure] };
        }
        finally
        {
            gate.Release();
        }
        return ReadinessView.Of(check.Rule, outcome, subject, Stopwatch.GetElapsedTime(started));
    }
}
