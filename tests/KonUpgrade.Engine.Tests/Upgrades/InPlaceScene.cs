using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Benchmarks.Upgrades;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Systems.Kubermatic.Reconciling;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Engine.Upgrades.Steps.Reconciling;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;
using static KonUpgrade.Engine.Tests.Systems.KubermaticScene;

namespace KonUpgrade.Engine.Tests.Upgrades;

/// <summary>A Kubermatic that works, a master and two seeds with user clusters, and an upgrade of it in place; a test plays the installer.</summary>
internal sealed class InPlaceScene : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private int _runs;

    private InPlaceScene(SandboxHost host, SandboxKubermatic kubermatic) => (Host, Kubermatic) = (host, kubermatic);

    public SandboxHost Host { get; }

    public SandboxKubermatic Kubermatic { get; }

    public TestUpgradeHost Reports { get; } = new();

    public string JournalFile => Path.Combine(_folder.Path, "upgrade.jsonl");

    public string WorkPath => Path.Combine(_folder.Path, "upgrade.files");

    /// <summary>How many lines of the journal each run may write before it is cut off, one after the other and again; empty for all.</summary>
    public IReadOnlyList<int> LinesPerRun { get; set; } = [];

    /// <summary>By how much the clock of the runs is ahead.</summary>
    public TimeSpan Ahead { get; set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts it.</summary>
    /// <param name="seedController">The configuration's <c>spec.seedController</c> as JSON; null for none.</param>
    /// <param name="version">The version that it is at.</param>
    public static async Task<InPlaceScene> StartAsync(string? seedController = null, string version = "v2.30.2")
    {
        var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("master", "1.33"), new SandboxClusterOptions("eu", "1.33"), new SandboxClusterOptions("us", "1.33"));
        var master = host.Cluster("master");
        master.Seed(
        [
            .. Installed(master: true), Settings(seedController, version), Object("KubermaticSetting", "globalsettings"),
            Deployment("kubermatic-operator"), Deployment("kubermatic-master-controller-manager"), Deployment("kubermatic-api"), Deployment("kubermatic-dashboard"), Deployment("kubermatic-webhook"),
        ]);
        foreach (var seed in new[] { "eu", "us" })
        {
            master.Seed([Secret($"{seed}-kubeconfig", "kubeconfig", KubeConfigOf(host, seed)), Seed(seed, $"{seed}-kubeconfig")]);
            host.Cluster(seed).Seed([.. Installed(master: false), Deployment("kubermatic-seed-controller-manager", ["-max-parallel-reconcile=10"]), .. Enumerable.Range(1, 3).Select(i => UserCluster($"{seed}{i}", version))]);
        }

        var scene = new InPlaceScene(host, host.StartKubermatic("master", new Dictionary<string, string> { ["eu"] = "eu", ["us"] = "us" }, TimeSpan.FromMilliseconds(40)));
        await UntilAsync(() => scene.SeedVersions().All(one => one == version));
        return scene;
    }

    public async Task<ClusterConnection> OpenAsync(string context = "master")
    {
        var options = new ConnectionOptions { Retry = RetryPolicy.Default with { MaxAttempts = 4, BaseDelay = TimeSpan.FromMilliseconds(20) } };
        return await ClusterConnection.OpenAsync(new ClusterTarget(context, Host.KubeConfigPath), options, NullReporter.Instance, Token);
    }

    public async Task<UpgradePlan> PlanAsync(string target = "2.31", UpgradePlanOptions? options = null, string system = "Kubermatic", string context = "master", IReporter? reporter = null)
    {
        await using var cluster = await OpenAsync(context);
        var plan = await InPlacePlanner.PlanAsync(cluster, new SystemCatalog(new SystemServices { Roles = null }).Get(system), target, ["Kubermatic"], options ?? new(), reporter ?? NullReporter.Instance, Token);
        return plan with { Steps = [.. plan.Steps.Select(Soon)] };
    }

    /// <summary>Lets the installer of a version run when its step begins.</summary>
    public UpgradePlan Played(UpgradePlan plan, string? file = null)
    {
        Reports.OnGate = step =>
        {
            var version = step.Setting["systemVersion"];
            Kubermatic.Install(version.Count(c => c == '.') == 1 ? $"v{version}.0" : $"v{version}", file);
            return true;
        };
        return plan with { Steps = [.. plan.Steps.Select(step => step.Kind == StepKind.External ? step with { Gate = UpgradeGate.Script } : step)] };
    }

    public async Task<BlueGreenUpgrade> InvokeAsync(UpgradePlan plan, UpgradeRunOptions? options = null) => await WithAsync(async (place, master) =>
    {
        await using var run = await UpgradeRun.BeginAsync(plan, place, TimeProvider.System, Reports, Token);
        return await run.RunAsync(Session(master), options ?? new(), _ => ValueTask.CompletedTask, Token);
    });

    public async Task<BlueGreenUpgrade> UndoAsync() => await WithAsync(async (place, master) =>
    {
        await using var run = await UpgradeRun.OpenAsync(place, TimeProvider.System, Reports, Token);
        return await run.UndoAsync(Session(master), new(), _ => ValueTask.CompletedTask, Token);
    });

    public async Task<IReadOnlyList<UpgradeStep>> PreviewAsync(UpgradePlan plan) => await WithAsync<IReadOnlyList<UpgradeStep>>(async (_, master) =>
    {
        var steps = new List<UpgradeStep>();
        await foreach (var step in UpgradePreview.RunAsync(plan, Session(master), Token))
            steps.Add(step);
        return steps;
    });

    /// <summary>The configuration's <c>spec.seedController</c> as JSON; null where there is none.</summary>
    public string? SeedController() => Configuration()["spec"]!["seedController"]?.ToJsonString();

    /// <summary>The limit as it is written; null where none is.</summary>
    public long? Limit() => (long?)Configuration()["spec"]!["seedController"]?["maximumParallelReconciles"];

    public IEnumerable<string?> SeedVersions() => Of("master", "Seed").Select(seed => (string?)seed["status"]?["versions"]?["kubermatic"]);

    /// <summary>The limits that the controllers of the seeds have.</summary>
    public IEnumerable<int?> ControllerLimits() => new[] { "eu", "us" }.Select(seed =>
        Of(seed, "Deployment").Select(o => (string?)o["spec"]?["template"]?["spec"]?["containers"]?[0]?["args"]?[0]).Select(arg => arg is null ? null : (int?)int.Parse(arg.Split('=')[1], CultureInfo.InvariantCulture)).Single());

    /// <summary>Sets the limit as Set-ReconcileLimit does, or puts back what was before.</summary>
    public async Task SetLimitAsync(int? limit)
    {
        await using var master = await OpenAsync();
        await using var changer = await ReconcileLimitChanger.PrepareAsync(master, new(), new ReconcileLimitChange { Limit = limit, Force = true }, NullReporter.Instance, Token);
        await changer.RunAsync(Token);
    }

    /// <summary>Adds a seed that can't be reached: whether load remains there nobody can tell.</summary>
    public void LoseSeed() => Host.Cluster("master").Seed([Seed("lost", "nowhere")]);

    /// <summary>Sees to a limit of 2 that a step has set, where something is to be found out first.</summary>
    public async Task KeepAsync(UpgradePlan plan, string id, Func<CancellationToken, Task> first)
    {
        await using var master = await OpenAsync();
        var step = plan.Steps.Single(step => step.Id == id);
        using var checks = new SideChecks(Session(master), plan, isUndo: false) { Deferred = first };
        var notes = new LimitNote { Namespace = "kubermatic", Name = "kubermatic", Limit = 2 }.ToJson();
        await new CheckedWork(new SetReconcileLimitWork(), checks).KeepAsync(new StepRun(step, plan, "", Session(master), new(), notes, _ => step, _ => false, _ => Task.CompletedTask), Token);
    }

    /// <summary>What an installer's file does to the limit.</summary>
    public void Overwrite(string seedController) => Host.Cluster("master").Patch("kubermatic.k8c.io/v1", "KubermaticConfiguration", "kubermatic", "kubermatic", $$$"""{"spec":{"seedController":{{{seedController}}}}}""", "kubermatic-installer");

    public void LeaveAlone(string seed, bool alone) => Host.Cluster("master").Patch(
        "kubermatic.k8c.io/v1", "Seed", "kubermatic", seed, $$$$"""{"metadata":{"annotations":{"kubermatic.k8c.io/skip-reconciling":{{{{(alone ? "\"true\"" : "null")}}}}}}}""", "kubectl");

    public static Task UntilAsync(Func<bool> holds) => Eventually.TrueAsync(holds, "it becomes so", Token);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }

    private JsonObject Configuration() => Of("master", "KubermaticConfiguration").Single();

    private IEnumerable<JsonObject> Of(string cluster, string kind) => Host.Cluster(cluster).Objects().Where(o => (string?)o["kind"] == kind);

    // Nobody waits long for a second look.
    private static UpgradeStep Soon(UpgradeStep step)
    {
        var setting = new Dictionary<string, string>(step.Setting, StringComparer.Ordinal);
        if (step.Kind is StepKind.External or StepKind.WaitForReconcile)
            (setting["interval"], setting["timeout"]) = ("20ms", "30s");
        return step with { Setting = setting };
    }

    private UpgradeSession Session(ClusterConnection master) => new()
    {
        Blue = master,
        System = new SystemCatalog(new SystemServices { Roles = null }).Get("Kubermatic"),
        WorkPath = WorkPath,
        Host = Reports,
        Time = new AheadTime(Ahead),
    };

    private async Task<T> WithAsync<T>(Func<UpgradeJournal, ClusterConnection, Task<T>> run)
    {
        await using var master = await OpenAsync();
        var place = UpgradeJournal.InFile(JournalFile);
        return await run(LinesPerRun.Count > 0 ? place with { Around = store => new CutOffStore(store, LinesPerRun[_runs++ % LinesPerRun.Count]) } : place, master);
    }

    // The clock of a machine on which it is later already.
    private sealed class AheadTime(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }

    // A process that ends before it has written another line.
    private sealed class CutOffStore(IJournalStore inner, int lines) : PassingStore(inner)
    {
        private int _written;

        public override Task AppendAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken) =>
            ++_written > lines ? throw new IOException("The process is killed here.") : Inner.AppendAsync(line, cancellationToken);
    }
}
