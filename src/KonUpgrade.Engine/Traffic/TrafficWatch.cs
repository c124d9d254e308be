using System.Globalization;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>Watches the new side while traffic comes to it: asks its load balancers again and again.</summary>
internal sealed class TrafficWatch(LoadBalancerProbe probe, TrafficProbe options, TimeProvider time, IReporter reporter)
{
    /// <summary>Asks before anything is changed; some first answers may be bad.</summary>
    /// <returns>Null, or a name that is not served, and the answer.</returns>
    public async Task<(string HostName, string Answer)?> FirstAsync(IReadOnlyList<HostRoute> routes, CancellationToken cancellationToken)
    {
        foreach (var route in routes)
        {
            for (var tries = 1; await probe.AskAsync(route.View.HostName, route.Target.Address, cancellationToken).ConfigureAwait(false) is { } bad; tries++)
            {
                reporter.Verbose(bad);
                if (tries >= options.FailureThreshold)
                    return (route.View.HostName, bad);
                await Task.Delay(options.Interval, time, cancellationToken).ConfigureAwait(false);
            }
        }
        return null;
    }

    /// <summary>Asks for a time. One bad answer is not the end: so many one after the other are.</summary>
    /// <returns>Null, or a name that is not served well, and the last answer.</returns>
    public async Task<(string HostName, string Answer)?> HoldAsync(IReadOnlyList<HostRoute> routes, int percent, TimeSpan duration, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var bad = new Dictionary<HostRoute, int>();
        var activity = $"Switching {string.Join(", ", routes.Select(static route => route.View.HostName))}";
        try
        {
            while (true)
            {
                foreach (var route in routes)
                {
                    if (await probe.AskAsync(route.View.HostName, route.Target.Address, cancellationToken).ConfigureAwait(false) is not { } answer)
                    {
                        bad.Remove(route);
                        continue;
                    }
                    reporter.Verbose(answer);
                    bad[route] = bad.GetValueOrDefault(route) + 1;
                    if (bad[route] >= options.FailureThreshold)
                        return (route.View.HostName, answer);
                }
                var left = duration - time.GetElapsedTime(began);
                // Who ends with a bad answer is asked on.
                if (left <= TimeSpan.Zero && bad.Count == 0)
                    return null;
                reporter.Progress(new ProgressReport { Activity = activity, Status = string.Create(CultureInfo.InvariantCulture, $"{percent} %, watched for {(left > TimeSpan.Zero ? left : TimeSpan.Zero):hh\\:mm\\:ss} more") });
                await Task.Delay(left > TimeSpan.Zero && left < options.Interval ? left : options.Interval, time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            reporter.Progress(new ProgressReport { Activity = activity, Completed = true });
        }
    }
}
