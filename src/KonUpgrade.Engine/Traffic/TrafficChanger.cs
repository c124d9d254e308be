using KonUpgrade.Engine.Aws.Route53;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>
/// Makes the records of names what they are to be, in one batch a zone, and waits until all name servers have them. What is
/// to be changed is found by looking: an answer that was lost is no matter, and nothing is done twice.
/// </summary>
/// <param name="dns">The zones.</param>
/// <param name="timeout">How long it may take until all name servers have a change.</param>
/// <param name="time">The clock.</param>
/// <param name="reporter">Told what is done.</param>
internal sealed class TrafficChanger(TrafficDns dns, TimeSpan timeout, TimeProvider time, IReporter reporter)
{
    private const string Comment = "KonUpgrade";
    private const int MostTries = 6;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_firstLook = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    /// <summary>Brings names into a stage.</summary>
    /// <exception cref="UpgradeException">TrafficChangedMeanwhile, TrafficNotInSync; or what AWS says.</exception>
    public Task MakeAsync(IReadOnlyList<HostRoute> routes, TrafficStageKind kind, int percent, CancellationToken cancellationToken) => MakeAsync(
        async token =>
        {
            var wanted = new List<Wanted>();
            foreach (var route in routes)
            {
                var (records, marker) = route.In(kind, percent);
                wanted.Add(Of(await route.LookAsync(dns, token).ConfigureAwait(false), records, marker));
            }
            return wanted;
        },
        cancellationToken);

    /// <summary>Puts back what names were.</summary>
    /// <exception cref="UpgradeException">TrafficChangedMeanwhile, TrafficNotInSync; or what AWS says.</exception>
    public Task PutBackAsync(IReadOnlyList<TrafficState> before, CancellationToken cancellationToken) => MakeAsync(
        async token =>
        {
            var wanted = new List<Wanted>();
            foreach (var state in before)
            {
                var zone = new HostedZone { Id = state.HostedZoneId, Name = state.HostName };
                var view = await dns.ViewAsync(state.HostName, zone, token).ConfigureAwait(false);
                if (!state.Explains(view))
                    throw new UpgradeException(TrafficFailures.ChangedMeanwhile(view));
                wanted.Add(Of(view, state.Sets, null));
            }
            return wanted;
        },
        cancellationToken);

    /// <summary>Adds a test host, or takes it away.</summary>
    /// <exception cref="UpgradeException">TrafficTestHostTaken, TrafficNotInSync; or what AWS says.</exception>
    public Task MakeAsync(TestHost host, bool isThere, CancellationToken cancellationToken) => MakeAsync(
        async token =>
        {
            var name = HostNames.Plain(host.Record.Name);
            var there = await dns.AtAsync(host.ZoneId, name, token).ConfigureAwait(false);
            if (there.Count > 0 && !(there is [var one] && one.Same(host.Record)))
                throw new UpgradeException(TrafficFailures.TestHostTaken(name));
            IReadOnlyList<RecordChange> changes = isThere == there.Count > 0 ? [] : [new RecordChange(isThere ? "CREATE" : "DELETE", host.Record)];
            return [new Wanted(name, host.ZoneId, changes, isThere ? [host.Record] : [])];
        },
        cancellationToken);

    private static Wanted Of(HostView view, IReadOnlyList<ResourceRecordSet> records, ResourceRecordSet? marker) => new(view.HostName, view.Zone.Id, view.ChangesTo(records, marker), records);

    private async Task MakeAsync(Func<CancellationToken, Task<List<Wanted>>> look, CancellationToken cancellationToken)
    {
        var made = new Dictionary<string, ChangeInfo>(StringComparer.Ordinal);
        var names = "";
        for (var tries = 1; ; tries++)
        {
            try
            {
                var wanted = await look(cancellationToken).ConfigureAwait(false);
                names = string.Join(", ", wanted.Select(static host => host.HostName));
                foreach (var zone in wanted.GroupBy(static host => host.ZoneId, StringComparer.Ordinal))
                {
                    IReadOnlyList<RecordChange> changes = [.. zone.SelectMany(static host => host.Changes)];
                    if (changes.Count == 0 && !made.ContainsKey(zone.Key))
                    {
                        // It is so already, and whether all name servers have it is not known: written as it is, the service tells.
                        changes = [.. zone.SelectMany(static host => host.Records).Select(static record => new RecordChange("UPSERT", record))];
                    }
                    if (changes.Count == 0)
                        continue;
                    reporter.Verbose($"Hosted zone {zone.Key}: {string.Join("; ", changes)}");
                    dns.BeforeChange();
                    made[zone.Key] = await dns.Route53.ChangeResourceRecordSetsAsync(zone.Key, changes, Comment, cancellationToken).ConfigureAwait(false);
                }
                break;
            }
            catch (Aws.AwsException e) when (tries < MostTries && (e.IsTransient || e.ErrorCode == Route53Failures.BatchRefused))
            {
                // It may have been heard, or somebody was faster: another look tells.
                reporter.Verbose($"{e.Failure.Message} Looking anew.");
                await Task.Delay(s_pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
        foreach (var change in made.Values)
            await InSyncAsync(change, names, cancellationToken).ConfigureAwait(false);
    }

    private async Task InSyncAsync(ChangeInfo change, string names, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var pause = s_firstLook;
        while (!change.IsInSync)
        {
            if (time.GetElapsedTime(began) >= timeout)
                throw new UpgradeException(TrafficFailures.NotInSync(names, timeout));
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            // Seldom within seconds, and the service takes few requests of an account.
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
            try
            {
                change = await dns.Route53.GetChangeAsync(change.Id, cancellationToken).ConfigureAwait(false);
            }
            catch (Aws.AwsException e) when (e.IsTransient)
            {
                reporter.Debug($"{e.Failure.Message} Looking again.");
            }
        }
    }

    private sealed record Wanted(string HostName, string ZoneId, IReadOnlyList<RecordChange> Changes, IReadOnlyList<ResourceRecordSet> Records);
}
