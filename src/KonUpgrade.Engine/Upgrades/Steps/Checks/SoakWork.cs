using System.Globalization;
using KonUpgrade.Engine.Traffic;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Engine.Upgrades.Steps.Traffic;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Checks;

/// <summary>
/// Watches a cluster for a time: it must stay well, and its load balancer answer for the host names. One bad look may be an accident and is borne; what lasts ends the soak.
/// A run that is resumed goes on with the rest of the time; a new attempt begins anew.
/// </summary>
internal sealed class SoakWork : IStepWork
{
    /// <inheritdoc/>
    public string Kind => StepKind.Soak;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        var hosts = await HostsAsync(run, cancellationToken).ConfigureAwait(false);
        var until = await AttemptStart.OfAsync(run).ConfigureAwait(false) + run.Duration("duration");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<StepResult>[] watches = hosts.Count == 0 ? [WatchHealthAsync(run, until, stop.Token)] : [WatchHealthAsync(run, until, stop.Token), WatchHostsAsync(run, hosts, until, stop.Token)];
        var open = watches.ToList();
        try
        {
            // What ends the one ends the other.
            while (open.Count > 0)
            {
                var ended = await Task.WhenAny(open).ConfigureAwait(false);
                open.Remove(ended);
                if (await ended.ConfigureAwait(false) is { Failure: not null } failed)
                    return failed;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(open)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var texts = new List<string>();
        foreach (var watch in watches)
            texts.Add((await watch.ConfigureAwait(false)).Text);
        return new StepResult(string.Join("; ", texts));
    }

    /// <inheritdoc/>
    public Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken)
    {
        var watched = run.Value("hosts") is { } hosts && ProbeSettings.Of(run) is { } probe ? $", and asked for {probe.Uri} of {hosts}" : "";
        return Task.FromResult(new StepResult($"{run.Target.Context.Name} is watched for {run.Duration("duration")}{watched}."));
    }

    private static async Task<StepResult> WatchHealthAsync(StepRun run, DateTimeOffset until, CancellationToken cancellationToken)
    {
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

    // Where the switch led a name is known from it; of other names the cluster tells.
    private static async Task<IReadOnlyList<ProbedHost>> HostsAsync(StepRun run, CancellationToken cancellationToken)
    {
        if (run.Value("hosts") is null || ProbeSettings.Of(run) is null)
            return [];
        var led = run.Step.Target == UpgradeSide.Green ? SwitchTrafficWork.AddressesOf(run) : new Dictionary<string, string>();
        IReadOnlyList<string> names = run.Texts("hosts");
        return
        [
            .. names.Where(led.ContainsKey).Select(name => new ProbedHost(name, led[name])),
            .. await ProbedHost.FindAsync(run.Target, [.. names.Where(name => !led.ContainsKey(name))], run.Value("source"), cancellationToken).ConfigureAwait(false),
        ];
    }

    // By the rule of a switch of traffic: so many bad answers one after the other are the end.
    private static async Task<StepResult> WatchHostsAsync(StepRun run, IReadOnlyList<ProbedHost> hosts, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var probe = ProbeSettings.Of(run)!;
        var (name, names) = (run.Target.Context.Name, string.Join(", ", hosts.Select(host => host.HostName)));
        var left = until - run.Time.GetUtcNow();
        var bad = await new TrafficWatch(new LoadBalancerProbe(probe), probe, run.Time, run.Reporter)
            .HoldAsync(hosts, $"Asking {name}", names, left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        return bad is var (hostName, answer)
            ? new StepResult($"{hostName} was not served well") { Failure = TrafficFailures.NotServedWell(hostName, name, answer) }
            : new StepResult($"{names} served");
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
