using System.Text.Json.Nodes;
using KonUpgrade.Engine.Aws.Route53;
using KonUpgrade.Engine.Traffic;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Traffic;

/// <summary>The test host of a step: written down before it is added, so that the way back takes away that record and no other.</summary>
internal static class TestHostNote
{
    private const string Zone = "testHostZone";
    private const string Record = "testHostRecord";

    /// <summary>Writes down that the step adds it. One that was there already is somebody else's.</summary>
    public static Task WriteAsync(StepRun run, TestHost host) =>
        host.IsThere || run.Notes[Record] is not null ? Task.CompletedTask : run.NoteAsync(new JsonObject { [Zone] = host.ZoneId, [Record] = host.Record.ToJson() });

    /// <summary>Takes away what the step has added, where it is still as it was added.</summary>
    /// <returns>What became of it, for people; null where the step has added none.</returns>
    /// <exception cref="UpgradeException">What AWS says.</exception>
    public static Task<string?> TakeAwayAsync(StepRun run, TrafficDns dns, CancellationToken cancellationToken) =>
        TakeAwayAsync(run, run.Notes[Zone]?.GetValue<string>(), run.Notes[Record]?.GetValue<string>(), dns, cancellationToken);

    /// <summary>What the step has added, for a later one that takes it away; nothing where it has added none.</summary>
    public static IReadOnlyDictionary<string, string> OutputOf(StepRun run, TestHost host) => host.IsThere && run.Notes[Record] is null
        ? new Dictionary<string, string>()
        : new Dictionary<string, string> { [Zone] = host.ZoneId, [Record] = host.Record.ToJson() };

    /// <summary>Takes away what another step of the upgrade has added, where it is still as it was added.</summary>
    /// <returns>What became of it, for people; null where none was added.</returns>
    /// <exception cref="UpgradeException">What AWS says.</exception>
    public static async Task<string?> TakeAwayOtherAsync(StepRun run, CancellationToken cancellationToken)
    {
        var added = run.Plan.Steps.Where(step => step.Kind == StepKind.AddTestHost).Select(step => run.Other(step.Id).Output).FirstOrDefault(output => output.ContainsKey(Record));
        if (added is null)
            return null;
        using var dns = new TrafficDns(run.Aws, run.Reporter) { BeforeChange = run.Session.Guard };
        return await TakeAwayAsync(run, added[Zone], added[Record], dns, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string?> TakeAwayAsync(StepRun run, string? zone, string? record, TrafficDns dns, CancellationToken cancellationToken)
    {
        if (zone is null || record is null)
            return null;
        var host = new TestHost(zone, ResourceRecordSet.Parse(record), IsThere: true);
        try
        {
            await host.MakeAsync(dns, isThere: false, run.Time, run.Reporter, cancellationToken).ConfigureAwait(false);
            return $"the test host {host.HostName} is gone";
        }
        catch (UpgradeException e) when (e.Failure.Id == TrafficFailures.TestHostTakenId)
        {
            return $"the test host {host.HostName} stays: somebody else has changed it since";
        }
    }
}
