using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Aws;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Reports;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using KonUpgrade.Rehearsal;
using KonUpgrade.Rehearsal.Content;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Upgrades.Secrets;

/// <summary>
/// The upgrade of a Kubeflow on AWS with all of its steps, in which secrets are planted wherever one has them: in the
/// clusters, in the logins to them, in the keys of AWS. It keeps all that is said and shown, and writes what can be written.
/// </summary>
internal sealed class PlantedScene : IAsyncDisposable
{
    private const string Name = "planted";

    private readonly TempFolder _folder = new();
    private readonly RehearsedSystem _system;
    private readonly StringBuilder _told = new();
    private readonly Dictionary<string, SandboxFault> _breaks = new(StringComparer.Ordinal);
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;
    private readonly AwsOptions _aws;
    private readonly IamClient _iam;

    private PlantedScene(SandboxHost host, RehearsedSystem system)
    {
        (Host, _system) = (host, system);
        _certificate = new CertificateRequest("CN=planted", _rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Data = new("a Secret's data", "planted-data-81Qz");
        Changed = new("a Secret's data that changes meanwhile", "planted-changed-82Qz");
        Applied = new("the stringData that kubectl applied", "planted-applied-83Qz");
        Env = new("the environment of a container", "planted-env-84Qz");
        var kubeConfig = File.ReadAllText(host.KubeConfigPath);
        var admin = host.Cluster("green").AdminToken;
        Hidden =
        [
            // Its middle, since it is wrapped at the ends.
            new("a client's key", Regex.Match(kubeConfig, "client-key-data: (\\S+)").Groups[1].Value[200..280]),
            new("the token that a login program is given", admin),
            new("the environment of a login program", "planted-exec-85Qz"),
            new("the secret access key", host.Eks!.Settings.SecretAccessKey),
            new("the session token", "planted-session-86Qz"),
        ];
        // Green is reached by a program that gets its token from the kubeconfig.
        var exec = """
            exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: sh
                  interactiveMode: Never
                  args: ["-c", "printf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s\"}}' \"$PLANTED_TOKEN\""]
                  env: [{name: PLANTED_TOKEN, value: "ADMIN_"}, {name: PLANTED_PASSWORD, value: "planted-exec-85Qz"}]
            """;
        KubeConfigPath = _folder.Write("kubeconfig", Regex.Replace(kubeConfig, "(?<=- name: green-admin\n  user:\n    )client-certificate-data: \\S+\n    client-key-data: \\S+", exec.Trim().Replace("ADMIN_", admin, StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal)));
        _aws = new AwsOptions
        {
            Region = host.Eks.Settings.Region,
            EndpointUrl = host.Eks.Uri,
            Keys = TestKeys.Of(host.Eks.Settings.AccessKeyId, host.Eks.Settings.SecretAccessKey, "planted-session-86Qz"),
        };
        _iam = new IamClient(_aws, Reports);
        Reports.OnGate = step =>
        {
            if (_breaks.Remove(step.Id, out var fault))
                Host.Faults.Add(fault);
            return true;
        };
    }

    public SandboxHost Host { get; }

    public TestUpgradeHost Reports { get; } = new();

    /// <summary>What is in a Secret.</summary>
    public PlantedSecret Data { get; }

    /// <summary>What is in it after a change in the middle of the upgrade.</summary>
    public PlantedSecret Changed { get; }

    /// <summary>What kubectl wrote down of it.</summary>
    public PlantedSecret Applied { get; }

    /// <summary>What stands in a Notebook and in a Deployment.</summary>
    public PlantedSecret Env { get; }

    /// <summary>What is in no cluster, and must not be in any file.</summary>
    public IReadOnlyList<PlantedSecret> Hidden { get; }

    public IReadOnlyList<PlantedSecret> All => [Data, Changed, Applied, Env, .. Hidden];

    public string KubeConfigPath { get; }

    /// <summary>Whether the journal is kept in green.</summary>
    public bool InCluster { get; init; }

    private string Folder => Path.Combine(_folder.Path, "upgrade");

    private string WorkPath => Path.Combine(Folder, "files");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<PlantedScene> StartAsync(bool inCluster = false)
    {
        var system = RehearsedSystem.All.Single(one => one.Name == "KubeflowAws");
        var host = await SandboxHost.StartAsync(system.Simulation("1.32", "1.34"), Token);
        await SimulatedClusters.LayAsync(system, host, Token);
        var scene = new PlantedScene(host, system) { InCluster = inCluster };
        Directory.CreateDirectory(scene.Folder);
        scene.Plant();
        return scene;
    }

    /// <summary>Lets a step fail the first time that it is begun.</summary>
    public void Break(string step, SandboxFault fault) => _breaks[step] = fault with { Count = null };

    /// <summary>Lets the Secret on blue be changed when a step is begun.</summary>
    public void ChangeSecretBefore(string step)
    {
        var gate = Reports.OnGate!;
        Reports.OnGate = asked =>
        {
            if (asked.Id == step)
                Host.Cluster("blue").Patch("v1", "Secret", "anna", "planted", """{"data":{"token":"TOKEN_"}}""".Replace("TOKEN_", Base64(Changed.Value), StringComparison.Ordinal), "kubectl");
            return gate(asked);
        };
    }

    public async Task<UpgradePlan> PlanAsync(SecretHandling secret)
    {
        await using var blue = await OpenAsync("blue");
        await using var green = await OpenAsync("green");
        var plan = await UpgradePlanner.PlanAsync(blue, green, SystemOf(), _system.PlanOptions(Host) with { Name = Name, Secret = secret }, Reports, Token);
        plan = plan with { Steps = [.. plan.Steps.Select(step => step with { Gate = UpgradeGate.Script })] };
        await PlanFile.SaveAsync(plan, Path.Combine(Folder, "plan.yaml"), Token);
        return Told(plan);
    }

    /// <summary>Runs the upgrade, or goes on with it; what was broken is mended afterwards.</summary>
    public Task<BlueGreenUpgrade> RunAsync(UpgradePlan plan) => WithAsync(async (place, session) =>
    {
        await using var run = await UpgradeRun.BeginAsync(plan, place, TimeProvider.System, Reports, Token);
        return await run.RunAsync(session, new UpgradeRunOptions(), step => { Told(step); return ValueTask.CompletedTask; }, Token);
    });

    public Task<BlueGreenUpgrade> UndoAsync() => WithAsync(async (place, session) =>
    {
        await using var run = await UpgradeRun.OpenAsync(place, TimeProvider.System, Reports, Token);
        return await run.UndoAsync(session, new UpgradeRunOptions { RemoveImported = true }, step => { Told(step); return ValueTask.CompletedTask; }, Token);
    });

    /// <summary>Runs the upgrade as often as steps fail that were to.</summary>
    public async Task ReportFailuresAsync(UpgradePlan plan, params string[] steps)
    {
        foreach (var step in steps)
        {
            var upgrade = await RunAsync(plan);
            Assert.True(upgrade.Steps.Any(one => one.Id == step && one.State == UpgradeStepState.Failed), $"{step} did not fail: {upgrade.State} {upgrade.Failure}");
            await ReportAsync();
        }
    }

    /// <summary>Writes the reports, and a look at what each step would do.</summary>
    public async Task ReportAsync(UpgradePlan? plan = null)
    {
        await using var green = await OpenAsync("green");
        foreach (var format in Enum.GetValues<UpgradeReportFormat>())
            await ReportFile.WriteAsync(Place(green), format, _ => WorkPath, Path.Combine(Folder, $"report-{Directory.GetFiles(Folder).Length}.{format}"), Token);
        if (plan is null)
            return;
        await WithAsync(async (_, session) =>
        {
            await foreach (var step in UpgradePreview.RunAsync(plan, session, Token))
                Told(step);
            return plan;
        });
    }

    /// <summary>All that was said or shown to people and scripts, and the journal where it is in a cluster.</summary>
    public string Told() => string.Join(
        '\n',
        [
            Reports.Reporter.Text, .. Reports.Reporter.Reports.Select(report => JsonSerializer.Serialize(report)), _told.ToString(),
            .. Host.Cluster("green").Objects().Where(o => o["metadata"]?["namespace"]?.GetValue<string>() == "konupgrade").Select(o => o.ToJsonString()),
            .. Host.Cluster("green").Objects().Where(o => o["metadata"]?["namespace"]?.GetValue<string>() == "konupgrade" && o["data"] is not null)
                .SelectMany(o => o["data"]!.AsObject()).Select(entry => entry.Value!.GetValue<string>()),
        ]);

    /// <summary>The files that have a planted value, by their paths from the upgrade's directory on.</summary>
    public IReadOnlyList<string> FilesWith(PlantedSecret planted) =>
    [
        .. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Where(file => planted.IsIn(Encoding.Latin1.GetString(File.ReadAllBytes(file))))
            .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    public async ValueTask DisposeAsync()
    {
        _iam.Dispose();
        _certificate.Dispose();
        _rsa.Dispose();
        await Host.DisposeAsync();
        _folder.Dispose();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private void Plant() => Host.Cluster("blue").Seed(
    [
        """
        {"apiVersion":"v1","kind":"Secret","type":"Opaque","data":{"token":"DATA_"},
        "metadata":{"name":"planted","namespace":"anna","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"stringData\":{\"token\":\"APPLIED_\"}}"}}}
        """.Replace("DATA_", Base64(Data.Value), StringComparison.Ordinal).Replace("APPLIED_", Applied.Value, StringComparison.Ordinal),
        """
        {"apiVersion":"kubeflow.org/v1","kind":"Notebook","metadata":{"name":"planted","namespace":"anna"},
        "spec":{"template":{"spec":{"containers":[{"name":"planted","image":"n:1","env":[{"name":"PASSWORD","value":"ENV_"}]}]}}}}
        """.Replace("ENV_", Env.Value, StringComparison.Ordinal),
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"planted","namespace":"anna"},
        "spec":{"replicas":1,"selector":{"matchLabels":{"app":"planted"}},"template":{"metadata":{"labels":{"app":"planted"}},
        "spec":{"containers":[{"name":"c","image":"d:1","env":[{"name":"PASSWORD","value":"ENV_"}]}]}}}}
        """.Replace("ENV_", Env.Value, StringComparison.Ordinal),
    ], "kubectl");

    private Engine.Configuration.Systems.SystemDefinition SystemOf() => new SystemCatalog(new SystemServices { Roles = _iam }).Get(_system.Name);

    private async Task<ClusterConnection> OpenAsync(string context)
    {
        var options = new ConnectionOptions { Retry = RetryPolicy.Default with { MaxAttempts = 3, BaseDelay = TimeSpan.FromMilliseconds(20) } };
        return await ClusterConnection.OpenAsync(new ClusterTarget(context, KubeConfigPath), options, Reports, Token);
    }

    private UpgradeJournal Place(ClusterConnection green) => InCluster ? UpgradeJournal.InCluster(green, Name) : UpgradeJournal.InFile(Path.Combine(Folder, "upgrade.jsonl"));

    private async Task<T> WithAsync<T>(Func<UpgradeJournal, UpgradeSession, Task<T>> work)
    {
        await using var blue = await OpenAsync("blue");
        await using var green = await OpenAsync("green");
        using var sealing = new SealingKey(_certificate);
        using var opening = new OpeningKey(_certificate);
        var session = new UpgradeSession { Blue = blue, Green = green, System = SystemOf(), Aws = _aws, WorkPath = WorkPath, Host = Reports, Sealing = sealing, Opening = opening };
        try
        {
            return Told(await work(Place(green), session));
        }
        catch (UpgradeException e)
        {
            _told.AppendLine(e.ToString());
            Told(e.Failure);
            throw;
        }
        finally
        {
            Host.Faults.Clear();
        }
    }

    private T Told<T>(T thing)
    {
        _told.AppendLine(JsonSerializer.Serialize(thing)).AppendLine(thing?.ToString());
        return thing;
    }
}
