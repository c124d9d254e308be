using System.Diagnostics;
using System.Globalization;
using KonUpgrade.Benchmarks.Upgrades.Scenes;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Rehearsal;
using KonUpgrade.Sandbox;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>How a child process ended.</summary>
/// <param name="ExitCode">Its exit code; 128 and the signal's number where it was killed.</param>
/// <param name="Output">What it wrote.</param>
internal sealed record ChildEnd(int ExitCode, string Output)
{
    public bool IsDone => ExitCode == UpgradeChild.Done;

    public bool WasKilled => ExitCode == 137;
}

/// <summary>Two fresh clusters, an upgrade between them, and child processes, or this one, that carry it on.</summary>
internal sealed class UpgradeStage : IAsyncDisposable
{
    // What hangs is found; a machine that is busy is borne.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    private readonly TemporaryDirectory _directory;
    private readonly StringWriter _log;
    private readonly CancellationTokenSource _ended = new();
    private readonly UpgradeScene _scene;
    private readonly Task _handOver;

    private UpgradeStage(UpgradeScene scene, SandboxHost host, StringWriter log, TemporaryDirectory directory)
    {
        _scene = scene;
        Host = host;
        _log = log;
        _directory = directory;
        _handOver = HandOverAsync(_ended.Token);
    }

    public SandboxHost Host { get; }

    /// <summary>Whether the journal is kept in green, and not in a file.</summary>
    public bool InCluster { get; init; }

    public string JournalFile => Path.Combine(_directory.Path, "upgrade.jsonl");

    private string WorkPath => Path.Combine(_directory.Path, "files");

    private string PlanPath => Path.Combine(_directory.Path, "plan.yaml");

    public int JournalLines => File.ReadLines(JournalFile).Count();

    /// <summary>What the sandbox itself could not do; empty where all is well.</summary>
    public string SandboxTrouble => _log.ToString();

    public static async Task<UpgradeStage> StartAsync(CrashSeries series, string directory, CancellationToken cancellationToken)
    {
        var scene = UpgradeScene.Of(series.SystemName);
        var log = new StringWriter();
        var host = await SandboxHost.StartAsync(
            // Clusters that are the same from stage to stage; and definitions take long enough to be waited for.
            scene.Options with { Identity = "crash", Log = TextWriter.Synchronized(log), EstablishDelay = TimeSpan.FromMilliseconds(150) },
            cancellationToken);
        await scene.LayAsync(host, cancellationToken);
        var stage = new UpgradeStage(scene, host, log, new TemporaryDirectory(directory)) { InCluster = series.InCluster };
        await PlanFile.SaveAsync(await scene.PlanAsync(host, cancellationToken), stage.PlanPath, cancellationToken);
        return stage;
    }

    /// <summary>Carries the upgrade on, or back, in this process.</summary>
    /// <param name="series">Which way.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="requestTimeout">How long an answer is waited for; null for a minute.</param>
    /// <param name="lines">So many lines the journal still takes; null for all.</param>
    /// <returns>Why it did not come to its end, or null.</returns>
    public async Task<string?> CarryAsync(CrashSeries series, CancellationToken cancellationToken, TimeSpan? requestTimeout = null, int? lines = null)
    {
        var count = lines is { } most ? new LineCount(most) : null;
        var carrier = new UpgradeCarrier
        {
            KubeConfigPath = Host.KubeConfigPath,
            PlanPath = PlanPath,
            WorkPath = WorkPath,
            JournalFile = InCluster ? null : JournalFile,
            Aws = SimulatedClusters.LoginOf(Host),
            IsOnEks = _scene.IsOnEks,
            Undo = series.Undo,
            RemoveImported = series.Remove,
            RequestTimeout = requestTimeout ?? TimeSpan.FromMinutes(1),
            Around = count is null ? null : store => new FullStore(store, count),
        };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        try
        {
            var (failure, warnings) = await carrier.RunAsync(patience.Token);
            return failure is null ? null : $"{failure} {warnings}".Trim();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"{series}: it did not end within {s_patience}.");
        }
    }

    /// <summary>Carries the upgrade on, or back, to its end.</summary>
    /// <exception cref="InvalidOperationException">It does not come there, though nothing disturbs it.</exception>
    public async Task CarryToEndAsync(CrashSeries series, CancellationToken cancellationToken, TimeSpan? requestTimeout = null)
    {
        if (await CarryAsync(series, cancellationToken, requestTimeout) is { } failure)
            throw new InvalidOperationException($"{series}: the undisturbed run ended with: {failure} {SandboxTrouble}");
    }

    /// <summary>Lets a child carry the upgrade on until it is killed at a point.</summary>
    public async Task<ChildEnd> RunUntilAsync(CrashPoint point, CancellationToken cancellationToken)
    {
        var arguments = Arguments(point.Series.Undo, point.Series.Remove);
        if (point.At == CrashAt.Line)
            return await RunAsync([.. arguments, "--kill-after-line", Text(point.Number)], null, cancellationToken);
        var id = Host.Faults.Add(new SandboxFault { Kind = FaultKind.Unanswered, OnlyChanges = true, Skip = point.Number - 1 });
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await RunAsync(arguments, Host.Faults.MeetAsync(id, point.Number, gone.Token), cancellationToken);
        }
        finally
        {
            Host.Faults.Remove(id);
            await gone.CancelAsync();
            if (InCluster)
                RunOutLease();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _handOver.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Host.DisposeAsync();
        _directory.Dispose();
        _ended.Dispose();
    }

    // What the thirty seconds do that a lease lasts.
    private void RunOutLease()
    {
        var green = Host.Cluster("green");
        foreach (var lease in green.Objects().Where(o => o["kind"]!.GetValue<string>() == "Lease" && o["metadata"]!["namespace"]?.GetValue<string>() == "konupgrade").ToList())
            green.Patch("coordination.k8s.io/v1", "Lease", "konupgrade", lease["metadata"]!["name"]!.GetValue<string>(), """{"spec":{"holderIdentity":""}}""", "time");
    }

    // Somebody looks at the object that lets green take over: the upgrade is as far as that.
    private async Task HandOverAsync(CancellationToken cancellationToken)
    {
        var id = Host.Faults.Add(new SandboxFault { Kind = FaultKind.Unanswered, Cluster = "green", Verb = "get", Resource = "configmaps", Name = "hand-over", Skip = int.MaxValue });
        await Host.Faults.MeetAsync(id, 1, cancellationToken);
        Host.Faults.Remove(id);
        try
        {
            _scene.Change(Host);
        }
        catch (SandboxException e)
        {
            await _log.WriteLineAsync(e.Message);
        }
    }

    private List<string> Arguments(bool undo, bool remove)
    {
        List<string> arguments =
        [
            UpgradeChild.Verb, "--kubeconfig", Host.KubeConfigPath, "--work", WorkPath, "--plan", PlanPath,
            "--aws", Host.Eks!.Uri.ToString(), "--region", Host.Eks.Settings.Region, .. InCluster ? (string[])[] : ["--journal", JournalFile],
        ];
        if (_scene.IsOnEks)
            arguments.Add(UpgradeChild.OnEks);
        if (undo)
            arguments.Add("--undo");
        if (remove)
            arguments.Add("--remove-imported");
        return arguments;
    }

    private async Task<ChildEnd> RunAsync(IEnumerable<string> arguments, Task? killAt, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        // What lives for seconds is not worth compiling twice.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "FFFFFF";
        start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = Host.Eks!.CredentialsPath;
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "KonUpgrade.Benchmarks.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The child did not start.");
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        var exit = process.WaitForExitAsync(patience.Token);
        try
        {
            if (killAt is not null && await Task.WhenAny(exit, killAt) == killAt)
                process.Kill();
            await exit;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return new ChildEnd(-1, $"It did not end within {s_patience}. {await output}{await errors}");
        }

        return new ChildEnd(process.ExitCode, $"{await output}{await errors}".Trim());
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
