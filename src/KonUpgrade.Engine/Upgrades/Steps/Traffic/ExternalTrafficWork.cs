using System.Text.Json.Nodes;
using KonUpgrade.Engine.Traffic;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Traffic;

/// <summary>
/// Shows what somebody must change so that host names lead to green, where no zone of Route 53 decides that: a record
/// elsewhere, or the rule of a load balancer. It waits until the names answer as they should, whoever did it.
/// </summary>
internal sealed class ExternalTrafficWork : IStepWork
{
    private const string EndsNote = "ends";

    /// <inheritdoc/>
    public string Kind => StepKind.ExternalTraffic;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        // What blue's ends were is noted first: an undo has to tell them, whether blue's objects are there then or not.
        var ends = NotedIn(run) is { Count: > 0 } noted ? noted : await FindAsync(run, cancellationToken).ConfigureAwait(false);
        await run.NoteAsync(new JsonObject { [EndsNote] = new JsonArray([.. ends.Select(end => (JsonNode)new JsonObject { ["host"] = end.HostName, ["green"] = end.Green, ["blue"] = end.Blue })]) }).ConfigureAwait(false);
        run.Session.Host.Warning($"{run.Step.Title}: {Task(run, ends, forward: true)}");
        var seen = await Waiting.ForAsync(run, token => LookAsync(run, ends, end => end == TrafficSide.Green, token), cancellationToken).ConfigureAwait(false);
        var test = await TestHostNote.TakeAwayOtherAsync(run, cancellationToken).ConfigureAwait(false);
        return new StepResult(test is null ? seen : $"{seen}; {test}");
    }

    /// <inheritdoc/>
    public Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken) => ComingAddress.OrAsync(
        run, async () => new($"Somebody else does it. {Task(run, await FindAsync(run, cancellationToken).ConfigureAwait(false), forward: true)}"));

    // It is looked once: whoever leads the names back may need longer than a command should wait, and runs it again.
    /// <inheritdoc/>
    public async Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken)
    {
        var ends = NotedIn(run);
        if (ends.Count == 0)
            return new StepResult("Nobody was asked to do anything.");
        var (isBack, seen) = await LookAsync(run, ends, end => end is not (TrafficSide.Green or TrafficSide.Both), cancellationToken).ConfigureAwait(false);
        return isBack
            ? new StepResult(seen)
            : new StepResult($"To be undone by hand: {Task(run, ends, forward: false)}") { Failure = NotBack(run, ends, seen) };
    }

    // Where traffic is not led back, green serves on.
    /// <inheritdoc/>
    public UndoneWorkloads Undoes(UpgradeStep step) => new(UpgradeSide.Blue, WorkloadClass.Serving, Resumes: true);

    /// <inheritdoc/>
    public IReadOnlyList<string> LeftByUndo(UpgradeStep step, bool removeImported) =>
        [$"{StepKind.ValueOf(step, "hosts")}: somebody has to lead {(step.Setting["hosts"].Contains(',', StringComparison.Ordinal) ? "them" : "it")} back by hand, before the undo; green serves until that is so."];

    private static async Task<(bool Done, string Seen)> LookAsync(StepRun run, IReadOnlyList<TrafficEnd> ends, Func<TrafficSide, bool> isGood, CancellationToken cancellationToken)
    {
        var sight = new TrafficSight(run.Session.LookUp);
        var probe = new TrafficProbe { Uri = new Uri(run.Value("probe")!, UriKind.RelativeOrAbsolute), Address = run.Value("probeAddress"), SkipCertificateCheck = run.Value("skipCertificateCheck") == "true" };
        var (done, seen) = (true, new List<string>());
        foreach (var end in ends)
        {
            var (side, words) = run.Value("redirectTo") is { } host
                ? await TrafficSight.ByRedirectionAsync(end.HostName, host, probe, cancellationToken).ConfigureAwait(false)
                : await sight.ByDnsAsync(end.HostName, end.Green, end.Blue, cancellationToken).ConfigureAwait(false);
            done &= isGood(side);
            seen.Add(words);
        }

        return (done, string.Join("; ", seen));
    }

    private static async Task<IReadOnlyList<TrafficEnd>> FindAsync(StepRun run, CancellationToken cancellationToken)
    {
        if (run.Value("redirectTo") is { } host)
            return [.. run.Texts("hosts").Select(name => new TrafficEnd(name, host, null))];
        var green = await ProbedHost.FindAsync(run.Green, run.Texts("hosts"), run.Value("greenSource"), cancellationToken).ConfigureAwait(false);
        var blue = await BluesAsync(run, cancellationToken).ConfigureAwait(false);
        return [.. green.Select(end => new TrafficEnd(end.HostName, end.Address, blue.FirstOrDefault(other => other.HostName == end.HostName)?.Address))];
    }

    // Where blue's is not known, that the name leads to green is proof enough.
    private static async Task<IReadOnlyList<ProbedHost>> BluesAsync(StepRun run, CancellationToken cancellationToken)
    {
        try
        {
            return await ProbedHost.FindAsync(run.Session.Blue, run.Texts("hosts"), run.Value("blueSource"), cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e) when (e.Failure.Id.StartsWith("Traffic", StringComparison.Ordinal))
        {
            run.Reporter.Verbose(e.Failure.Message);
            return [];
        }
    }

    private static IReadOnlyList<TrafficEnd> NotedIn(StepRun run) =>
        [.. (run.Notes[EndsNote] as JsonArray ?? []).Select(end => new TrafficEnd(end!["host"]!.GetValue<string>(), end["green"]!.GetValue<string>(), end["blue"]?.GetValue<string>()))];

    private static string Task(StepRun run, IReadOnlyList<TrafficEnd> ends, bool forward)
    {
        var words = ends.Select(end => run.Value("redirectTo") is not null ? end.Rule(forward) : end.Record(forward));
        return string.Join(" ", words.Append(forward ? run.Value("task") : null).OfType<string>());
    }

    private static Failure NotBack(StepRun run, IReadOnlyList<TrafficEnd> ends, string seen) => new()
    {
        Id = "TrafficNotLedBack",
        Kind = FailureKind.Incomplete,
        Message = $"Traffic is not led back by hand yet: {seen}.",
        Recommendation = $"{Task(run, ends, forward: false)} Then run Undo-BlueGreenUpgrade again.",
        Target = run.Step.Id,
    };
}
