using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Readiness.Upgrading;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Nodepools.Eks;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Readiness;

/// <summary>Two clusters of the sandbox, of which the second is to take over from the first, and checks of that.</summary>
internal sealed class MigrationScene : IAsyncDisposable
{
    private MigrationScene(SandboxHost host, ClusterConnection blue, ClusterConnection green) => (Host, Blue, Green) = (host, blue, green);

    public SandboxHost Host { get; }

    public ClusterConnection Blue { get; }

    public ClusterConnection Green { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts both; as clusters of EKS, or as ones of which nothing tells that.</summary>
    /// <param name="isEks">Whether they are known as clusters of EKS.</param>
    /// <param name="backup">The AWS Backup of the region; null for none.</param>
    public static async Task<MigrationScene> StartAsync(bool isEks = false, BackupSettings? backup = null)
    {
        var host = await SandboxHost.StartAsync(SandboxFixture.Options(new SandboxClusterOptions("blue", "1.33"), new SandboxClusterOptions("green", "1.34")) with { Backup = backup }, Token);
        return isEks
            ? new MigrationScene(host, await LiveEks.ConnectAsync(host, "blue"), await LiveEks.ConnectAsync(host, "green"))
            : new MigrationScene(host, await SandboxFixture.ConnectAsync(host, "blue"), await SandboxFixture.ConnectAsync(host, "green"));
    }

    public MigrationScene Seed(string cluster, params string[] objects)
    {
        Host.Cluster(cluster).Seed(objects);
        return this;
    }

    /// <summary>A check of the move to green; with <paramref name="withGreen"/> false, of one to a green that is not there yet.</summary>
    public Task<ReadinessCheck> BesideAsync(string id, bool withGreen = true) => RunAsync(id, Blue, withGreen ? Green : null, UpgradeWay.BlueGreen);

    /// <summary>A check of what is to be put into snapshots before blue is upgraded.</summary>
    public Task<ReadinessCheck> SnapshotsAsync(SnapshotIntent intent) => RunAsync("SnapshotsReady", Blue, null, UpgradeWay.InPlace, snapshots: intent);

    /// <summary>A check of an upgrade of blue itself.</summary>
    public Task<ReadinessCheck> InPlaceAsync(string id, string target = "1.34") => RunAsync(id, Blue, null, UpgradeWay.InPlace, target);

    /// <summary>A check of any two clusters.</summary>
    public static async Task<ReadinessCheck> RunAsync(string id, ClusterConnection blue, ClusterConnection? green, UpgradeWay way, string target = "1.34", SnapshotIntent? snapshots = null)
    {
        var survey = new UpgradeSurvey
        {
            Blue = await ClusterSurvey.BeginAsync(blue, [], Token),
            Green = green is null ? null : await ClusterSurvey.BeginAsync(green, [], Token),
            Target = TargetVersion.Parse(target),
            Way = way,
            System = new SystemCatalog().Whole.Description,
            Snapshots = snapshots ?? new SnapshotIntent(),
        };
        await foreach (var check in ReadinessRunner.RunAsync(new CheckSelection([id], []).Of(UpgradeChecks.All, []), survey, NullReporter.Instance, Token))
            return check;
        throw new InvalidOperationException($"No check {id}.");
    }

    /// <summary>What a check found, with an exclamation mark where it blocks.</summary>
    public static IReadOnlyList<string> Texts(ReadinessCheck check) => [.. check.Findings.Select(finding => $"{(finding.Severity == ReadinessSeverity.Blocking ? "! " : "")}{finding}").Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        await Blue.DisposeAsync();
        await Green.DisposeAsync();
        await Host.DisposeAsync();
    }
}
