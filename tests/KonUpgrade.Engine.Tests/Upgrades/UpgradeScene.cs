using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Aws;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Upgrades;

/// <summary>Two simulated clusters, blue with something on it, and an upgrade between them.</summary>
internal sealed class UpgradeScene : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private UpgradeScene(SandboxHost host)
    {
        Host = host;
        Aws = new()
        {
            Region = host.Eks!.Settings.Region,
            EndpointUrl = host.Eks.Uri,
            Keys = TestKeys.Of(host.Eks.Settings.AccessKeyId, host.Eks.Settings.SecretAccessKey),
        };
    }

    public SandboxHost Host { get; }

    public TestUpgradeHost Reports { get; } = new();

    public string JournalFile => Path.Combine(_folder.Path, "upgrade.jsonl");

    public string WorkPath => Path.Combine(_folder.Path, "upgrade.files");

    /// <summary>Whether the journal is kept in green.</summary>
    public bool InCluster { get; set; }

    /// <summary>Whether the clusters are known as those of EKS, so that their node groups can be made.</summary>
    public bool IsManaged { get; set; }

    /// <summary>What stops the next resume; null for the test's own end.</summary>
    public CancellationToken? Stop { get; set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>As whom, and where, the steps ask AWS.</summary>
    public AwsOptions Aws { get; set; }

    /// <summary>The clock of the steps.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    public static async Task<UpgradeScene> StartAsync(string blue = "1.32", string green = "1.34", Func<SandboxOptions, SandboxOptions>? with = null)
    {
        var options = new SandboxOptions { Clusters = [new SandboxClusterOptions("blue", blue), new SandboxClusterOptions("green", green)] };
        var host = await SandboxHost.StartAsync(with?.Invoke(options) ?? options, Token);
        host.Cluster("blue").Seed([Namespace("shop")], "kubectl");
        host.Cluster("blue").Seed([Deployment("web"), Service("web"), ConfigMap("web", "1"), CronJob("nightly"), Secret("db")], "helm");
        return new UpgradeScene(host);
    }

    public async Task<ClusterConnection> OpenAsync(string context, Action? beforeChange = null)
    {
        if (IsManaged)
            return await Nodepools.Eks.LiveEks.ConnectAsync(Host, context);
        var options = new ConnectionOptions { Retry = RetryPolicy.Default with { MaxAttempts = 4, BaseDelay = TimeSpan.FromMilliseconds(20) }, BeforeChange = beforeChange };
        return await ClusterConnection.OpenAsync(new ClusterTarget(context, Host.KubeConfigPath), options, NullReporter.Instance, Token);
    }

    public async Task<UpgradePlan> PlanAsync(UpgradePlanOptions? options = null, string system = "Kubernetes", bool withScaleDown = false)
    {
        await using var blue = await OpenAsync("blue");
        await using var green = await OpenAsync("green");
        // Nothing has nodes here: what looks whether Pods run has its own tests.
        options = (options ?? new()) with { Omit = ["readiness", "health", "as-well"] };
        var plan = await UpgradePlanner.PlanAsync(blue, green, new SystemCatalog(new SystemServices { Roles = null }).Get(system), options, NullReporter.Instance, Token);
        return plan with
        {
            Steps = [.. plan.Steps.Where(s => withScaleDown || s.Id != "scale-down-blue").Select(s => Soon(s) with { Gate = UpgradeGate.None })],
        };
    }

    // Nobody waits long for a second look.
    private static UpgradeStep Soon(UpgradeStep step) => step.Kind == StepKind.QuiesceWorkload
        ? step with { Setting = new Dictionary<string, string>(step.Setting, StringComparer.Ordinal) { ["interval"] = "20ms" } }
        : step;

    public async Task<BlueGreenUpgrade> InvokeAsync(UpgradePlan plan, UpgradeRunOptions? options = null) => await WithAsync(async (place, blue, green) =>
    {
        await using var run = await UpgradeRun.BeginAsync(plan, place, TimeProvider.System, Reports, Token);
        return await run.RunAsync(Session(blue, green, plan), options ?? new(), _ => ValueTask.CompletedTask, Token);
    });

    public async Task<BlueGreenUpgrade> ResumeAsync(UpgradeRunOptions? options = null) => await WithAsync(async (place, blue, green) =>
    {
        await using var run = await UpgradeRun.OpenAsync(place, TimeProvider.System, Reports, Token);
        return await run.RunAsync(Session(blue, green, run.Plan), options ?? new(), _ => ValueTask.CompletedTask, Stop ?? Token);
    });

    public async Task<BlueGreenUpgrade> UndoAsync(bool removeImported = false) => await WithAsync(async (place, blue, green) =>
    {
        await using var run = await UpgradeRun.OpenAsync(place, TimeProvider.System, Reports, Token);
        return await run.UndoAsync(Session(blue, green, run.Plan), new UpgradeRunOptions { RemoveImported = removeImported }, _ => ValueTask.CompletedTask, Token);
    });

    /// <summary>What each step would do: of a plan, or of the upgrade that has been begun.</summary>
    public async Task<IReadOnlyList<UpgradeStep>> PreviewAsync(UpgradePlan? plan = null, Action<UpgradeStep>? seen = null) => await WithAsync<IReadOnlyList<UpgradeStep>>(async (place, blue, green) =>
    {
        var session = Session(blue, green, plan ?? await UpgradeRun.ReadPlanAsync(place, Token));
        var steps = new List<UpgradeStep>();
        await foreach (var step in plan is null ? UpgradePreview.RunAsync(place, session, Token) : UpgradePreview.RunAsync(plan, session, Token))
        {
            steps.Add(step);
            seen?.Invoke(step);
        }

        return steps;
    });

    public async Task<UpgradeOutlook> LookAheadAsync(bool undoes = false, UpgradeFailureAction onFailure = UpgradeFailureAction.Stop, bool removeImported = false) => await WithAsync(
        async (place, _, _) => await UpgradeRun.LookAheadAsync(place, new UpgradeRunOptions { OnFailure = onFailure, RemoveImported = removeImported }, undoes, Token));

    public async Task<BlueGreenUpgrade> ReadAsync() => await WithAsync(async (place, _, _) => await UpgradeRun.ReadAsync(place, Token));

    public async Task<KubernetesObject?> GetAsync(string cluster, string group, string kind, string name, string? ns = "shop")
    {
        await using var connection = await OpenAsync(cluster);
        var catalog = await connection.Client.DiscoverAsync(Token);
        return await connection.Client.GetAsync(catalog.FindPreferred(group, kind)!, ns, name, Token);
    }

    public async Task PatchAsync(string cluster, string group, string kind, string name, string patch, string manager = "helm")
    {
        await using var connection = await OpenAsync(cluster);
        var catalog = await connection.Client.DiscoverAsync(Token);
        using var changed = await connection.Client.PatchAsync(
            catalog.FindPreferred(group, kind)!, "shop", name, PatchKind.Merge, System.Text.Encoding.UTF8.GetBytes(patch), new WriteOptions { FieldManager = manager }, Token);
    }

    public async Task DeleteAsync(string cluster, string group, string kind, string name)
    {
        await using var connection = await OpenAsync(cluster);
        var catalog = await connection.Client.DiscoverAsync(Token);
        await connection.Client.DeleteAsync(catalog.FindPreferred(group, kind)!, "shop", name, new DeleteOptions(), Token);
    }

    public async Task<bool?> IsSuspendedAsync(string cluster)
    {
        using var job = await GetAsync(cluster, "batch", "CronJob", "nightly");
        return job?.Root.Member("spec").Member("suspend") is { ValueKind: System.Text.Json.JsonValueKind.True };
    }

    public async Task<int?> ReplicasAsync(string cluster)
    {
        using var web = await GetAsync(cluster, "apps", "Deployment", "web");
        return web is null ? null : web.Root.Member("spec").Member("replicas").GetInt32();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }

    public static string Namespace(string name) => $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{name}}}"}}""";

    public static string Deployment(string name, int replicas = 3) =>
        """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME_","namespace":"shop"},"spec":{"replicas":REPLICAS_,"selector":{"matchLabels":{"app":"NAME_"}},"template":{"metadata":{"labels":{"app":"NAME_"}},"spec":{"containers":[{"name":"c","image":"web:1"}]}}}}""".Replace("NAME_", $"{name}", StringComparison.Ordinal).Replace("REPLICAS_", $"{replicas}", StringComparison.Ordinal);

    public static string Service(string name) =>
        """{"apiVersion":"v1","kind":"Service","metadata":{"name":"NAME_","namespace":"shop"},"spec":{"selector":{"app":"NAME_"},"ports":[{"port":80}]}}""".Replace("NAME_", $"{name}", StringComparison.Ordinal);

    public static string ConfigMap(string name, string value) =>
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"NAME_","namespace":"shop"},"data":{"value":"VALUE_"}}""".Replace("NAME_", $"{name}", StringComparison.Ordinal).Replace("VALUE_", $"{value}", StringComparison.Ordinal);

    public static string CronJob(string name) =>
        """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"NAME_","namespace":"shop"},"spec":{"schedule":"0 1 * * *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"job"}]}}}}}}""".Replace("NAME_", $"{name}", StringComparison.Ordinal);

    public static string Secret(string name) =>
        """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"NAME_","namespace":"shop"},"stringData":{"password":"planted-4711"}}""".Replace("NAME_", $"{name}", StringComparison.Ordinal);

    /// <summary>What DNS answers.</summary>
    public Func<string, IReadOnlyList<System.Net.IPAddress>> LookUp { get; set; } = static _ => [];

    private UpgradeSession Session(ClusterConnection blue, ClusterConnection green, UpgradePlan plan) => new()
    {
        Blue = blue,
        Green = plan.Green is null ? null : green,
        System = new SystemCatalog(new SystemServices { Roles = null }).Get(plan.System),
        WorkPath = WorkPath,
        Host = Reports,
        Aws = Aws,
        Time = Time,
        LookUp = (name, _) => Task.FromResult(LookUp(name)),
    };

    private async Task<T> WithAsync<T>(Func<UpgradeJournal, ClusterConnection, ClusterConnection, Task<T>> run)
    {
        await using var blue = await OpenAsync("blue");
        await using var green = await OpenAsync("green");
        return await run(InCluster ? UpgradeJournal.InCluster(green, "blue-to-green") : UpgradeJournal.InFile(JournalFile), blue, green);
    }
}
