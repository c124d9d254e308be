using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Traffic;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Traffic;

/// <summary>
/// Lets host names lead to green. What their records were is written down before the first change, so that the way back
/// puts back exactly that, whatever stage the switch is in and wherever it is run.
/// </summary>
internal sealed class SwitchTrafficWork : IStepWork
{
    /// <summary>The output of a step that failed, and has put back the records of before by itself.</summary>
    public const string PutBackOutput = "putBack";

    private const string AddressesOutput = "greenAddresses";
    private const string BeforeNote = "before";
    private const string SettledNote = "settled";

    // The time for which an answer that leads to a load balancer by an alias is kept.
    private static readonly TimeSpan s_aliasTtl = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public string Kind => StepKind.SwitchTraffic;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        using var dns = DnsOf(run);
        var change = await PrepareAsync(run, dns, cancellationToken).ConfigureAwait(false);
        if (change.Failure is { } failure)
            throw new UpgradeException(failure);
        // What the first run wrote down is what was before; one that goes on reads the same in the zone.
        if (change.Before.Count > 0 && run.Notes[BeforeNote] is null)
            await run.NoteAsync(new JsonObject { [BeforeNote] = new JsonArray([.. change.Before.Select(state => (JsonNode)state.ToJson())]) }).ConfigureAwait(false);
        if (change.TestHost is { } test)
            await TestHostNote.WriteAsync(run, test).ConfigureAwait(false);
        var traffic = await change.RunAsync(cancellationToken).ConfigureAwait(false);
        var failed = traffic.Select(one => one.Failure).FirstOrDefault(one => one is not null);
        if (failed is null)
            await run.NoteAsync(new JsonObject { [SettledNote] = true }).ConfigureAwait(false);
        var output = AddressesOf(traffic);
        if (failed is not null)
            output[PutBackOutput] = "true";
        return new StepResult(Words(traffic)) { Failure = failed, Output = output };
    }

    /// <inheritdoc/>
    public Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken) => ComingAddress.OrAsync(run, async () =>
    {
        using var dns = DnsOf(run);
        var change = await PrepareAsync(run, dns, cancellationToken).ConfigureAwait(false);
        var stages = change.Stages.Count == 0 ? "all leads there already" : string.Join("; ", change.Stages);
        return new StepResult($"{string.Join(", ", run.Texts("hosts"))}: {stages}") { Failure = change.Failure };
    });

    /// <inheritdoc/>
    public async Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken)
    {
        using var dns = DnsOf(run);
        // A run that was killed could not take it away.
        var test = await TestHostNote.TakeAwayAsync(run, dns, cancellationToken).ConfigureAwait(false);
        if (BeforeIn(run) is not { Count: > 0 } before)
            return new StepResult(test ?? "No record was changed.");
        await TrafficSwitch.PutBackAsync(dns, before, run.Reporter, cancellationToken, run.Time).ConfigureAwait(false);
        // Whoever was told green's address keeps it for as long: green is not held before.
        var kept = run.Notes[SettledNote] is null ? run.Duration("ttl") : before.Select(TtlOf).Max();
        run.Reporter.Information(string.Create(CultureInfo.InvariantCulture, $"{run.Step.Id}: the records of before are back; waiting {kept} until nobody keeps the others any more."));
        await Task.Delay(kept, run.Time, cancellationToken).ConfigureAwait(false);
        return new StepResult($"{string.Join(", ", before.Select(state => state.HostName))}: the records of before are back");
    }

    /// <summary>Where the switch of an upgrade has led host names; none before it is done.</summary>
    public static IReadOnlyDictionary<string, string> AddressesOf(StepRun run) => run.Plan.Steps.FirstOrDefault(step => step.Kind == StepKind.SwitchTraffic) is not { } traffic
        ? new Dictionary<string, string>()
        : run.Other(traffic.Id).Output.GetValueOrDefault(AddressesOutput, "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    // Where traffic can't be led back, green serves on.
    /// <inheritdoc/>
    public UndoneWorkloads Undoes(UpgradeStep step) => new(UpgradeSide.Blue, WorkloadClass.Serving, Resumes: true);

    private static TimeSpan TtlOf(TrafficState state) => state.Ttl is { } seconds ? TimeSpan.FromSeconds(seconds) : s_aliasTtl;

    private static IReadOnlyList<TrafficState> BeforeIn(StepRun run) => [.. (run.Notes[BeforeNote] as JsonArray ?? []).Select(state => TrafficState.Parse(state!.GetValue<string>()))];

    // Nothing is changed by one who does not hold the journal any more.
    private static TrafficDns DnsOf(StepRun run) => new(run.Aws, run.Reporter) { BeforeChange = run.Session.Guard };

    private static Task<TrafficSwitch> PrepareAsync(StepRun run, TrafficDns dns, CancellationToken cancellationToken) =>
        TrafficSwitch.PrepareAsync(dns, run.Session.Blue, run.Green, OptionsOf(run), run.Reporter, cancellationToken);

    private static TrafficSwitchOptions OptionsOf(StepRun run) => new()
    {
        HostName = run.Texts("hosts"),
        HostedZoneId = run.Value("hostedZone"),
        GreenSource = run.Value("greenSource"),
        BlueSource = run.Value("blueSource"),
        To = TrafficSide.Green,
        Weight = [.. run.Texts("weights").Select(weight => int.Parse(weight, CultureInfo.InvariantCulture))],
        Ttl = run.Duration("ttl"),
        Soak = run.Duration("soak"),
        TestHostName = run.Value("testHost"),
        TestHostStays = run.Plan.Steps.Any(step => step.Kind == StepKind.AddTestHost),
        Probe = ProbeSettings.Of(run),
        Time = run.Time,
    };

    private static Dictionary<string, string> AddressesOf(IReadOnlyList<ClusterTraffic> traffic) =>
        new() { [AddressesOutput] = string.Join(',', traffic.Where(one => one.GreenAddress is not null).Select(one => $"{one.HostName}={one.GreenAddress}")) };

    private static string Words(IReadOnlyList<ClusterTraffic> traffic)
    {
        var counts = new Counts();
        foreach (var one in traffic)
            counts.Add(one.Action);
        return $"{string.Join(", ", traffic.Select(one => one.HostName))}: {counts}";
    }
}
