using System.Collections.Concurrent;
using KonUpgrade.Benchmarks.Upgrades.Scenes;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Upgrades;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using KonUpgrade.Rehearsal;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>
/// Carries an upgrade on: begins it where there is no journal, resumes it otherwise, approves what waits for a person, or
/// takes it back.
/// </summary>
internal sealed class UpgradeCarrier
{
    // How often what waits for a person is approved.
    private const int MostRounds = 6;

    private readonly Host _host = new();

    /// <summary>The kubeconfig with blue and green.</summary>
    public required string KubeConfigPath { get; init; }

    /// <summary>The file with the plan; null where the journal has begun.</summary>
    public string? PlanPath { get; init; }

    /// <summary>Where exports go.</summary>
    public required string WorkPath { get; init; }

    /// <summary>The journal's file; null where green keeps it.</summary>
    public string? JournalFile { get; init; }

    /// <summary>The account; null where there is none.</summary>
    public AwsOptions? Aws { get; init; }

    /// <summary>Whether the clusters are those of EKS, and not of the kubeconfig.</summary>
    public bool IsOnEks { get; init; }

    /// <summary>Whether it is taken back.</summary>
    public bool Undo { get; init; }

    /// <summary>Whether what was brought is removed from green when it is taken back.</summary>
    public bool RemoveImported { get; init; }

    /// <summary>How long an answer is waited for.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Something around the journal; null for nothing.</summary>
    public Func<IJournalStore, IJournalStore>? Around { get; init; }

    /// <summary>Carries it on, to its end or until it fails.</summary>
    /// <returns>Why it did not come to its end, or null; and what it warned of.</returns>
    public async Task<(string? Failure, string Warnings)> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await CarryOnAsync(cancellationToken), _host.Warnings);
        }
        catch (UpgradeException e)
        {
            return (e.Failure.ToString(), _host.Warnings);
        }
    }

    private async Task<string?> CarryOnAsync(CancellationToken cancellationToken)
    {
        UpgradeRun? run = null;
        await using var keeper = JournalFile is null ? await OpenAsync("green", null, cancellationToken) : null;
        await using var blue = await OpenAsync("blue", () => run?.Guard(), cancellationToken);
        await using var green = await OpenAsync("green", () => run?.Guard(), cancellationToken);
        var place = keeper is null ? UpgradeJournal.InFile(JournalFile!) : UpgradeJournal.InCluster(keeper, UpgradeScene.Upgrade);
        if (Around is { } around)
            place = place with { Around = around };
        using var iam = Aws is null ? null : new IamClient(Aws, NullReporter.Instance);
        IReadOnlyList<string> approved = [];
        for (var round = 0; round < MostRounds; round++)
        {
            await using (run = await TakeUpAsync(place, cancellationToken))
            {
                var session = new UpgradeSession
                {
                    Blue = blue,
                    Green = green,
                    System = UpgradeScene.SystemOf(run.Plan.System, iam),
                    Aws = Aws ?? new AwsOptions(),
                    WorkPath = WorkPath,
                    Host = _host,
                };
                var options = new UpgradeRunOptions { Approve = approved, RemoveImported = RemoveImported };
                var upgrade = Undo
                    ? await run.UndoAsync(session, options, _ => ValueTask.CompletedTask, cancellationToken)
                    : await run.RunAsync(session, options, _ => ValueTask.CompletedTask, cancellationToken);
                if (upgrade.State is BlueGreenUpgradeState.Completed or BlueGreenUpgradeState.Undone)
                    return null;
                if (upgrade.State != BlueGreenUpgradeState.AwaitingApproval)
                    return $"{upgrade.State}: {upgrade.Reason} {upgrade.Failure}";

                var waiting = upgrade.Steps.Where(step => step.State == UpgradeStepState.AwaitingApproval).ToList();
                // Green is to be as blue is: a difference that asks for approval is what these runs look for.
                if (waiting.Find(step => step.Gate == UpgradeGate.None) is { } asks)
                    return $"{asks.Id} asks: {asks.Result}";

                approved = [.. waiting.Select(step => step.Id)];
            }
        }

        return "It was approved again and again, and did not come to its end.";
    }

    private async Task<UpgradeRun> TakeUpAsync(UpgradeJournal place, CancellationToken cancellationToken)
    {
        try
        {
            return await UpgradeRun.OpenAsync(place, TimeProvider.System, NullReporter.Instance, cancellationToken);
        }
        catch (UpgradeException e) when (e.Failure.Id == "JournalNotFound" && !Undo)
        {
            var plan = await PlanFile.LoadAsync(PlanPath!, NullReporter.Instance, cancellationToken);
            return await UpgradeRun.BeginAsync(plan, place, TimeProvider.System, NullReporter.Instance, cancellationToken);
        }
    }

    private async Task<ClusterConnection> OpenAsync(string context, Action? beforeChange, CancellationToken cancellationToken)
    {
        var options = new ConnectionOptions
        {
            Retry = RetryPolicy.Default with { MaxAttempts = 4, BaseDelay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(200), Deadline = TimeSpan.FromSeconds(20) },
            RequestTimeout = RequestTimeout,
            BeforeChange = beforeChange,
        };
        var target = IsOnEks ? await SimulatedClusters.ManagedAsync(Aws!, context, cancellationToken) : new ClusterTarget(context, KubeConfigPath);
        return await ClusterConnection.OpenAsync(target, options, NullReporter.Instance, cancellationToken);
    }

    private sealed class Host : IUpgradeHost
    {
        private readonly ConcurrentQueue<string> _warnings = new();

        public string Warnings => string.Concat(_warnings.Select(warning => $"warning: {warning}\n"));

        public void Progress(ProgressReport report)
        {
        }

        public void Verbose(string message)
        {
        }

        public void Debug(string message)
        {
        }

        public void Warning(string message) => _warnings.Enqueue(message);

        public void Information(string message)
        {
        }

        public Task<bool?> IsLetThroughAsync(UpgradeStep step, CancellationToken cancellationToken) => Task.FromResult<bool?>(null);

        public Task<bool?> ProbeAsync(UpgradeStep step, CancellationToken cancellationToken) => Task.FromResult<bool?>(null);
    }
}
