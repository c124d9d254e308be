using System.Globalization;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>Watches a side: asks its load balancers for host names again and again.</summary>
internal sealed class TrafficWatch(LoadBalancerProbe probe, TrafficProbe options, TimeProvider time, IReporter reporter)
{
    /// <summary>Asks before anything is changed; some first answers may be bad.</summary>
    /// <returns>Null, or a name that is not served, and the answer.</returns>
    public async Task<(string HostName, string Answer)?> FirstAsync(IReadOnlyList<ProbedHost> hosts, CancellationToken cancellationToken)
    {
        foreach (var (hostName, address) in hosts)
        {
            for (var tries = 1; await probe.AskAsync(hostName, address, cancellationToken).ConfigureAwait(false) is { } bad; tries++)
            {
                reporter.Verbose(bad);
                if (tries >= options.FailureThreshold)
                    return (hostName, bad);
                await Task.Delay(options.Interval, time, cancellationToken).ConfigureAwait(false);
            }
        }
        return null;
    }

    /// <summary>Asks for a time. One bad answer is not the end: so many one after the other are.</summary>
    /// <param name="hosts">What is asked for, and whom.</param>
    /// <param name="activity">What that is a part of, for progress.</param>
    /// <param name="words">What is watched, for progress.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null, or a name that is not served well, and the last answer.</returns>
    public async Task<(string HostName, string Answer)?> HoldAsync(IReadOnlyList<ProbedHost> hosts, string activity, string words, TimeSpan duration, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var bad = new Dictionary<ProbedHost, int>();
        try
        {
            while (true)
            {
                foreach (var host in hosts)
                {
                    if (await probe.AskAsync(host.HostName, host.Address, cancellationToken).ConfigureAwait(false) is not { } answer)
                    {
                        bad.Remove(host);
                        continue;
                    }
                    reporter.Verbose(answer);
                    bad[host] = bad.GetValueOrDefault(host) + 1;
                    if (bad[host] >= options.FailureThreshold)
                        return (host.HostName, answer);
                }
                var left = duration - time.GetElapsedTime(began);
                // Who ends with a bad answer is asked on.
                if (left <= TimeSpan.Zero && bad.Count == 0)
                    return null;
                reporter.Progress(new ProgressReport { Activity = activity, Status = string.Create(CultureInfo.InvariantCulture, $"{words}, watched for {(left > TimeSpan.Zero ? left : TimeSpan.Zero):hh\\:mm\\:ss} more") });
                await Task.Delay(left > TimeSpan.Zero && left < options.Interval ? left : options.Interval, time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            reporter.Progress(new ProgressReport { Activity = activity, Completed = true });
        }
    }
}
