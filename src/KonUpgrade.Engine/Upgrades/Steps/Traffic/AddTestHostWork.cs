using KonUpgrade.Engine.Traffic;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;

namespace KonUpgrade.Engine.Upgrades.Steps.Traffic;

/// <summary>
/// Lets a test host lead to green's load balancer ahead of the switch. It goes when traffic has come to green, by the step
/// that brings it, or when the upgrade is taken back.
/// </summary>
internal sealed class AddTestHostWork : IStepWork
{
    /// <inheritdoc/>
    public string Kind => StepKind.AddTestHost;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        using var dns = new TrafficDns(run.Aws, run.Reporter) { BeforeChange = run.Session.Guard };
        var host = await FindAsync(run, dns, cancellationToken).ConfigureAwait(false);
        await TestHostNote.WriteAsync(run, host).ConfigureAwait(false);
        await host.MakeAsync(dns, isThere: true, run.Time, run.Reporter, cancellationToken).ConfigureAwait(false);
        return new StepResult($"{host.HostName} leads to {host.Target}, a load balancer of {run.Target.Context.Name}") { Output = TestHostNote.OutputOf(run, host) };
    }

    /// <inheritdoc/>
    public Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken) => ComingAddress.OrAsync(run, async () =>
    {
        using var dns = new TrafficDns(run.Aws, run.Reporter);
        var host = await FindAsync(run, dns, cancellationToken).ConfigureAwait(false);
        return new StepResult(host.IsThere ? $"{host.HostName} leads to {host.Target} already" : $"{host.HostName} would lead to {host.Target}");
    });

    /// <inheritdoc/>
    public async Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken)
    {
        using var dns = new TrafficDns(run.Aws, run.Reporter) { BeforeChange = run.Session.Guard };
        return new StepResult(await TestHostNote.TakeAwayAsync(run, dns, cancellationToken).ConfigureAwait(false) ?? "No record was added.");
    }

    private static Task<TestHost> FindAsync(StepRun run, TrafficDns dns, CancellationToken cancellationToken)
    {
        var options = new TrafficSwitchOptions { HostName = run.Texts("hosts"), HostedZoneId = run.Value("hostedZone"), GreenSource = run.Value("greenSource"), BlueSource = run.Value("blueSource") };
        return TestHost.FindAsync(dns, run.Session.Blue, run.Green, run.Value("testHost")!, options, cancellationToken);
    }
}
