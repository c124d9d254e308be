using System.Globalization;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>
/// Switches the traffic of host names from one cluster to the other: all at once, or in stages by weights, each watched by
/// probes; what fails goes back by itself. Prepare, look at what would be done, write <see cref="Before"/> down where a
/// stop must be survived, run. A run may be stopped at any instant: the zone itself tells (in a TXT record beside the name)
/// that a switch is under way and what was before, so that the same switch prepared anew goes on at its stage, and one to
/// the other side puts back. Every stage is one atomic change in each zone; nothing but the records of the names, that TXT
/// record and the test host is touched.
/// </summary>
public sealed class TrafficSwitch
{
    private readonly TrafficDns _dns;
    private readonly TrafficEnds _ends;
    private readonly TrafficSwitchOptions _options;
    private readonly IReporter _reporter;
    private readonly IReadOnlyList<(string HostName, HostView? View, HostRoute? Route, Failure? Failure)> _hosts;
    private readonly TrafficChanger _changer;
    private readonly TestHost? _testHost;

    private TrafficSwitch(
        TrafficDns dns, TrafficEnds ends, TrafficSwitchOptions options, IReporter reporter, IReadOnlyList<(string HostName, HostView? View, HostRoute? Route, Failure? Failure)> hosts, TestHost? testHost)
    {
        (_dns, _ends, _options, _reporter, _hosts, _testHost) = (dns, ends, options, reporter, hosts, testHost);
        _changer = new TrafficChanger(dns, options.InSyncTimeout, options.Time, reporter);
        Stages = [.. Describe()];
    }

    /// <summary>Each name as it is now; one that can't be switched has a failure that says why.</summary>
    public IReadOnlyList<ClusterTraffic> Traffic => [.. _hosts.Select(host => Tell(host.View, host.HostName) with { Failure = host.Failure })];

    /// <summary>Why nothing is switched; null where all names can be.</summary>
    public Failure? Failure => _hosts.Select(static host => host.Failure).FirstOrDefault(static failure => failure is not null);

    /// <summary>What the records were before this switch, or before the one that was begun: for <see cref="PutBackAsync"/>. Names that need no change are not among them.</summary>
    public IReadOnlyList<TrafficState> Before => [.. Routes.Select(static route => route.Before)];

    /// <summary>What would be done, stage by stage, from where the zones are now; empty where all is as it is to be.</summary>
    public IReadOnlyList<TrafficStage> Stages { get; }

    /// <summary>The test host that is there while this switch lasts; null for none.</summary>
    internal TestHost? TestHost => _testHost;

    private IEnumerable<HostRoute> Routes => _hosts.Select(static host => host.Route).OfType<HostRoute>();

    private List<HostRoute> Forward => [.. Routes.Where(route => route.To == _options.To)];

    // A switch that was begun to the other side is put back.
    private List<HostRoute> Back => [.. Routes.Where(route => route.To != _options.To)];

    private IReadOnlyList<int> Percents => _options.Weight.Count > 0 ? _options.Weight : [100];

    /// <summary>Finds out what a switch would do. Nothing is changed.</summary>
    /// <exception cref="UpgradeException">The options make no sense, blue is green, or what AWS or an API server says. Why a name can't be switched is in <see cref="Traffic"/>.</exception>
    public static async Task<TrafficSwitch> PrepareAsync(
        TrafficDns dns, ClusterConnection blue, ClusterConnection green, TrafficSwitchOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dns);
        ArgumentNullException.ThrowIfNull(blue);
        ArgumentNullException.ThrowIfNull(green);
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        await blue.RefuseSameClusterAsync(green, cancellationToken).ConfigureAwait(false);
        var ends = await TrafficEnds.ReadAsync(blue, green, cancellationToken).ConfigureAwait(false);
        dns.Forget();
        var hosts = new List<(string HostName, HostView? View, HostRoute? Route, Failure? Failure)>();
        foreach (var name in options.HostName.Select(static name => HostNames.Normal(name) ?? throw new UpgradeException(TrafficFailures.NameInvalid(name))).Distinct(StringComparer.Ordinal))
            hosts.Add(await FindAsync(dns, name, ends, options, cancellationToken).ConfigureAwait(false));
        var model = hosts.Select(static host => host.Route).FirstOrDefault(route => route?.To == options.To);
        var testHost = options.TestHostName is { } test && model is not null ? await TestHost.FindAsync(dns, test, model.Model, model.Target.Address, cancellationToken).ConfigureAwait(false) : null;
        return new TrafficSwitch(dns, ends, options, reporter, hosts, testHost);
    }

    /// <summary>
    /// Makes the switch. Where a probe fails all goes back to what was before, and each name has that failure; where it is
    /// stopped all stays in the stage that it is in.
    /// </summary>
    /// <returns>Each name as it is then: Switched, Unchanged, or PutBack.</returns>
    /// <exception cref="UpgradeException"><see cref="Failure"/>; TrafficTargetNotServing, TrafficChangedMeanwhile, TrafficNotInSync, TrafficNotPutBack; or what AWS says.</exception>
    public async Task<IReadOnlyList<ClusterTraffic>> RunAsync(CancellationToken cancellationToken)
    {
        if (Failure is { } failure)
            throw new UpgradeException(failure);
        var (forward, back) = (Forward, Back);
        if (back.Count > 0)
        {
            await _changer.MakeAsync(back, TrafficStageKind.PutBack, 0, cancellationToken).ConfigureAwait(false);
            _reporter.Information($"{Names(back)}: the records of before are put back; {_ends.Name(_options.To)} serves.");
        }
        var failed = forward.Count == 0 ? null : await RunAsync(forward, cancellationToken).ConfigureAwait(false);
        var told = new List<ClusterTraffic>();
        foreach (var (hostName, view, route, _) in _hosts)
        {
            var now = Tell(route is null ? view : await route.LookAsync(_dns, cancellationToken).ConfigureAwait(false), hostName);
            told.Add(now with
            {
                Action = route is null ? TrafficAction.Unchanged : route.To != _options.To || failed is not null ? TrafficAction.PutBack : TrafficAction.Switched,
                Failure = route is null || route.To != _options.To ? null : failed,
            });
        }
        return told;
    }

    /// <summary>Puts back what the records of names were, exactly, whatever stage a switch is in or after its end. What is so already is left.</summary>
    /// <param name="dns">The zones.</param>
    /// <param name="before">What they were: <see cref="Before"/>.</param>
    /// <param name="reporter">Told what is done.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="time">The clock; null for the real one.</param>
    /// <exception cref="UpgradeException">TrafficChangedMeanwhile: somebody else has changed them since; TrafficNotInSync; or what AWS says.</exception>
    public static async Task PutBackAsync(TrafficDns dns, IReadOnlyList<TrafficState> before, IReporter reporter, CancellationToken cancellationToken, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(dns);
        ArgumentNullException.ThrowIfNull(before);
        var changer = new TrafficChanger(dns, new TrafficSwitchOptions { HostName = [] }.InSyncTimeout, time ?? TimeProvider.System, reporter);
        await changer.PutBackAsync(before, cancellationToken).ConfigureAwait(false);
        if (before.Count > 0)
            reporter.Information($"{string.Join(", ", before.Select(static state => state.HostName))}: the records of before are put back.");
    }

    private static async Task<(string HostName, HostView? View, HostRoute? Route, Failure? Failure)> FindAsync(TrafficDns dns, string hostName, TrafficEnds ends, TrafficSwitchOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var zone = await dns.ZoneOfAsync(hostName, options.HostedZoneId, cancellationToken).ConfigureAwait(false);
            var view = await dns.LookAsync(hostName, zone, cancellationToken).ConfigureAwait(false);
            var (route, failure) = await HostRoute.FindAsync(dns, view, ends, options, cancellationToken).ConfigureAwait(false);
            return (hostName, view, route, failure);
        }
        catch (UpgradeException e) when (e.Failure.Id.StartsWith("Traffic", StringComparison.Ordinal))
        {
            return (hostName, null, null, e.Failure);
        }
    }

    private static void Check(TrafficSwitchOptions options)
    {
        var weights = options.Weight;
        if (weights.Count > 0 && !TrafficSwitchOptions.AreStages(weights))
            throw new UpgradeException(TrafficFailures.WeightInvalid(string.Join(", ", weights)));
    }

    // Null, or why all went back.
    private async Task<Failure?> RunAsync(List<HostRoute> forward, CancellationToken cancellationToken)
    {
        var watch = _options.Probe is { } probe ? new TrafficWatch(new LoadBalancerProbe(probe), probe, _options.Time, _reporter) : null;
        IReadOnlyList<ProbedHost> hosts = [.. forward.Select(static route => new ProbedHost(route.View.HostName, route.Target.Address))];
        if (watch is not null && await watch.FirstAsync(hosts, cancellationToken).ConfigureAwait(false) is { } answer)
            throw new UpgradeException(TrafficFailures.NotServing(answer.HostName, _ends.Name(_options.To), answer.Answer));
        if (_testHost is not null)
            await _changer.MakeAsync(_testHost, isThere: true, cancellationToken).ConfigureAwait(false);
        foreach (var (kind, percent, wait) in Coming(forward))
        {
            // Once it is settled nothing says any more that a switch was begun: a run that goes on would leave the test host.
            if (kind == TrafficStageKind.Settle && _testHost is not null)
                await _changer.MakeAsync(_testHost, isThere: false, cancellationToken).ConfigureAwait(false);
            await _changer.MakeAsync(forward, kind, percent, cancellationToken).ConfigureAwait(false);
            _reporter.Information(Words(forward, kind, percent, wait));
            if (kind == TrafficStageKind.LowerTtl)
            {
                await WaitAsync(forward, wait, cancellationToken).ConfigureAwait(false);
            }
            else if (kind == TrafficStageKind.Shift)
            {
                var bad = watch is null ? await NoWatchAsync(wait, cancellationToken).ConfigureAwait(false) : await watch.HoldAsync(hosts, Activity(forward), string.Create(CultureInfo.InvariantCulture, $"{percent} %"), wait, cancellationToken).ConfigureAwait(false);
                if (bad is var (hostName, what))
                    return await GoBackAsync(forward, TrafficFailures.ProbeFailed(hostName, _ends.Name(_options.To), percent, what)).ConfigureAwait(false);
            }
        }

        return null;
    }

    private IEnumerable<(TrafficStageKind Kind, int Percent, TimeSpan Wait)> Coming(List<HostRoute> forward)
    {
        var now = forward.Min(static route => route.Percent);
        var old = forward.Max(static route => route.TtlToWaitOut);
        if (now <= 0 && old is { } wait)
            yield return (TrafficStageKind.LowerTtl, 0, Left(forward, wait));
        foreach (var percent in Percents.Where(percent => percent >= now))
            yield return (TrafficStageKind.Shift, percent, _options.Ttl + _options.Soak);
        yield return (TrafficStageKind.Settle, 100, TimeSpan.Zero);
    }

    // What a run before this one has waited counts, less the time that name servers may have taken.
    private TimeSpan Left(List<HostRoute> forward, TimeSpan wait)
    {
        var since = forward.Select(route => route.View.Marker is { } marker ? _options.Time.GetUtcNow() - marker.At - TimeSpan.FromMinutes(1) : TimeSpan.Zero).Min();
        return since <= TimeSpan.Zero ? wait : since >= wait ? TimeSpan.Zero : wait - since;
    }

    private async Task WaitAsync(List<HostRoute> forward, TimeSpan wait, CancellationToken cancellationToken)
    {
        var activity = Activity(forward);
        _reporter.Progress(new ProgressReport { Activity = activity, Status = string.Create(CultureInfo.InvariantCulture, $"until the old TTL has run out, {wait}") });
        await Task.Delay(wait, _options.Time, cancellationToken).ConfigureAwait(false);
        _reporter.Progress(new ProgressReport { Activity = activity, Completed = true });
    }

    private async Task<(string HostName, string Answer)?> NoWatchAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        await Task.Delay(wait, _options.Time, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task<Failure> GoBackAsync(List<HostRoute> forward, Failure cause)
    {
        // Whoever stops the command now does not want users left on a side that does not serve.
        using var patience = new CancellationTokenSource(_options.InSyncTimeout * 2, _options.Time);
        try
        {
            _reporter.Warning($"{Names(forward)}: back to {_ends.Name(TrafficEnds.Other(_options.To))}: {cause.Message}");
            await _changer.MakeAsync(forward, TrafficStageKind.PutBack, 0, patience.Token).ConfigureAwait(false);
            if (_testHost is not null && !_options.TestHostStays)
                await _changer.MakeAsync(_testHost, isThere: false, patience.Token).ConfigureAwait(false);
            return cause with { Message = $"{cause.Message} All traffic is back where it was." };
        }
        catch (UpgradeException e)
        {
            throw new UpgradeException(TrafficFailures.NotPutBack(Names(forward), cause, e.Failure), e);
        }
        catch (OperationCanceledException e)
        {
            throw new UpgradeException(TrafficFailures.NotPutBack(Names(forward), cause, TrafficFailures.NotInSync(Names(forward), _options.InSyncTimeout * 2)), e);
        }
    }

    private IEnumerable<TrafficStage> Describe()
    {
        if (Failure is not null)
            yield break;
        if (Back is { Count: > 0 } back)
            yield return new TrafficStage(TrafficStageKind.PutBack, 0, TimeSpan.Zero, [.. back.SelectMany(route => Changes(route.View, route.In(TrafficStageKind.PutBack, 0)))]);
        if (Forward is not { Count: > 0 } forward)
            yield break;
        if (_testHost is { IsThere: false })
            yield return new TrafficStage(TrafficStageKind.TestHost, 0, TimeSpan.Zero, [new TrafficChange(_testHost.ZoneId, "CREATE", _testHost.Record.ToJson())]);
        var views = forward.ToDictionary(static route => route, static route => route.View);
        foreach (var (kind, percent, wait) in Coming(forward))
        {
            var changes = new List<TrafficChange>();
            if (kind == TrafficStageKind.Settle && _testHost is not null)
                changes.Add(new TrafficChange(_testHost.ZoneId, "DELETE", _testHost.Record.ToJson()));
            foreach (var route in forward)
            {
                var wanted = route.In(kind, percent);
                changes.AddRange(Changes(views[route], wanted));
                views[route] = views[route].With(wanted.Records, wanted.Marker);
            }
            yield return new TrafficStage(kind, percent, wait, changes);
        }
    }

    private static IEnumerable<TrafficChange> Changes(HostView view, (IReadOnlyList<Aws.Route53.ResourceRecordSet> Records, Aws.Route53.ResourceRecordSet? Marker) wanted) =>
        view.ChangesTo(wanted.Records, wanted.Marker).Select(change => new TrafficChange(view.Zone.Id, change.Action, change.Record.ToJson()));

    private ClusterTraffic Tell(HostView? view, string hostName) =>
        TrafficView.WithAddresses(view is null ? TrafficView.Of(hostName, _ends) : TrafficView.Of(view, _ends), view?.Records ?? [], _ends, _options);

    private string Words(List<HostRoute> forward, TrafficStageKind kind, int percent, TimeSpan wait) => kind switch
    {
        TrafficStageKind.LowerTtl => string.Create(CultureInfo.InvariantCulture, $"{Names(forward)}: the TTL is lowered to {_options.Ttl.TotalSeconds:0} s; waiting {wait} until the old one has run out."),
        TrafficStageKind.Shift => string.Create(CultureInfo.InvariantCulture, $"{Names(forward)}: {percent} % of the traffic goes to {_ends.Name(_options.To)}, watched for {wait}."),
        _ => $"{Names(forward)}: {_ends.Name(_options.To)} serves; form and TTL of the records are as before.",
    };

    private static string Activity(IEnumerable<HostRoute> routes) => $"Switching {Names(routes)}";

    private static string Names(IEnumerable<HostRoute> routes) => string.Join(", ", routes.Select(static route => route.View.HostName));
}
