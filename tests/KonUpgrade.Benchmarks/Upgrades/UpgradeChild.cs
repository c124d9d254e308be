using System.Globalization;
using KonUpgrade.Benchmarks.Upgrades.Scenes;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Upgrades;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using KonUpgrade.Rehearsal;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>
/// A process that carries an upgrade on: begins it where there is no journal, resumes it otherwise, approves what waits for
/// a person, or takes it back. It is made to be killed.
/// </summary>
internal sealed class UpgradeChild
{
    public const string Verb = "upgrade-child";

    /// <summary>The clusters are those of EKS, and not of the kubeconfig.</summary>
    public const string OnEks = "--on-eks";

    /// <summary>The upgrade is complete, or taken back.</summary>
    public const int Done = 0;

    /// <summary>It has failed or was refused, and says so.</summary>
    public const int Failed = 3;

    // How often what waits for a person is approved.
    private const int MostRounds = 6;

    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);
    private readonly HashSet<string> _flags = new(StringComparer.Ordinal);

    private UpgradeChild(IReadOnlyList<string> args)
    {
        for (var i = 1; i < args.Count; i++)
        {
            if (args[i] is "--undo" or "--remove-imported" or OnEks)
                _flags.Add(args[i]);
            else
                _settings[args[i]] = args[++i];
        }
    }

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        try
        {
            return await new UpgradeChild(args).RunAsync(CancellationToken.None);
        }
        catch (UpgradeException e)
        {
            await Console.Error.WriteLineAsync(e.Failure.ToString());
            return Failed;
        }
    }

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        UpgradeRun? run = null;
        await using var keeper = Setting("--journal-cluster") is { } name ? await OpenAsync(name, null, cancellationToken) : null;
        await using var blue = await OpenAsync("blue", () => run?.Guard(), cancellationToken);
        await using var green = await OpenAsync("green", () => run?.Guard(), cancellationToken);
        var place = keeper is null ? UpgradeJournal.InFile(Setting("--journal")!) : UpgradeJournal.InCluster(keeper, UpgradeScene.Upgrade);
        if (Setting("--kill-after-line") is { } line)
        {
            // Counted over all rounds of this process.
            var count = new LineCount(int.Parse(line, CultureInfo.InvariantCulture));
            place = place with { Around = store => new KillingStore(store, count) };
        }
        else if (Setting("--full-after-line") is { } full)
        {
            var count = new LineCount(int.Parse(full, CultureInfo.InvariantCulture));
            place = place with { Around = store => new FullStore(store, count) };
        }

        var aws = Aws;
        using var iam = new IamClient(aws, NullReporter.Instance);

        IReadOnlyList<string> approved = [];
        for (var round = 0; round < MostRounds; round++)
        {
            await using (run = await TakeUpAsync(place, cancellationToken))
            {
                var session = new UpgradeSession
                {
                    Blue = blue,
                    Green = green,
                    System = UpgradeScene.SystemOf(run.Plan.System, Setting("--aws") is null ? null : iam),
                    Aws = aws,
                    WorkPath = Setting("--work")!,
                    Host = new Host(),
                };
                var options = new UpgradeRunOptions { Approve = approved, RemoveImported = _flags.Contains("--remove-imported") };
                var upgrade = _flags.Contains("--undo")
                    ? await run.UndoAsync(session, options, _ => ValueTask.CompletedTask, cancellationToken)
                    : await run.RunAsync(session, options, _ => ValueTask.CompletedTask, cancellationToken);
                if (upgrade.State is BlueGreenUpgradeState.Completed or BlueGreenUpgradeState.Undone)
                    return Done;
                if (upgrade.State != BlueGreenUpgradeState.AwaitingApproval)
                {
                    await Console.Error.WriteLineAsync($"{upgrade.State}: {upgrade.Reason} {upgrade.Failure}");
                    return Failed;
                }

                var waiting = upgrade.Steps.Where(step => step.State == UpgradeStepState.AwaitingApproval).ToList();
                // Green is to be as blue is: a difference that asks for approval is what these runs look for.
                if (waiting.Find(step => step.Gate == UpgradeGate.None) is { } asks)
                {
                    await Console.Error.WriteLineAsync($"{asks.Id} asks: {asks.Result}");
                    return Failed;
                }

                approved = [.. waiting.Select(step => step.Id)];
            }
        }

        await Console.Error.WriteLineAsync("It was approved again and again, and did not come to its end.");
        return Failed;
    }

    private async Task<UpgradeRun> TakeUpAsync(UpgradeJournal place, CancellationToken cancellationToken)
    {
        try
        {
            return await UpgradeRun.OpenAsync(place, TimeProvider.System, NullReporter.Instance, cancellationToken);
        }
        catch (UpgradeException e) when (e.Failure.Id == "JournalNotFound" && !_flags.Contains("--undo"))
        {
            var plan = await PlanFile.LoadAsync(Setting("--plan")!, NullReporter.Instance, cancellationToken);
            return await UpgradeRun.BeginAsync(plan, place, TimeProvider.System, NullReporter.Instance, cancellationToken);
        }
    }

    private AwsOptions Aws => Setting("--aws") is { } url ? new AwsOptions { Region = Setting("--region"), EndpointUrl = new Uri(url) } : new AwsOptions();

    private async Task<ClusterConnection> OpenAsync(string context, Action? beforeChange, CancellationToken cancellationToken)
    {
        var options = new ConnectionOptions
        {
            Retry = RetryPolicy.Default with { MaxAttempts = 4, BaseDelay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(200), Deadline = TimeSpan.FromSeconds(20) },
            RequestTimeout = TimeSpan.FromSeconds(double.Parse(Setting("--request-timeout") ?? "60", CultureInfo.InvariantCulture)),
            BeforeChange = beforeChange,
        };
        var target = _flags.Contains(OnEks) ? await SimulatedClusters.ManagedAsync(Aws, context, cancellationToken) : new ClusterTarget(context, Setting("--kubeconfig"));
        return await ClusterConnection.OpenAsync(target, options, NullReporter.Instance, cancellationToken);
    }

    private string? Setting(string name) => _settings.GetValueOrDefault(name);

    private sealed class Host : IUpgradeHost
    {
        public void Progress(ProgressReport report)
        {
        }

        public void Verbose(string message)
        {
        }

        public void Debug(string message)
        {
        }

        public void Warning(string message) => Console.Out.WriteLine($"warning: {message}");

        public void Information(string message)
        {
        }

        public Task<bool?> IsLetThroughAsync(UpgradeStep step, CancellationToken cancellationToken) => Task.FromResult<bool?>(null);

        public Task<bool?> ProbeAsync(UpgradeStep step, CancellationToken cancellationToken) => Task.FromResult<bool?>(null);
    }
}
