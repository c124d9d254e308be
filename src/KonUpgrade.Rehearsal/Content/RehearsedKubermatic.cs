using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>A Kubermatic, a master and two seeds, which is upgraded in place; the rehearsal plays the installer.</summary>
internal sealed class RehearsedKubermatic : RehearsedSystem
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(100);

    private SandboxKubermatic? _kubermatic;

    /// <inheritdoc/>
    public override string Name => "Kubermatic";

    /// <inheritdoc/>
    public override string Words => "A Kubermatic";

    /// <inheritdoc/>
    public override string Way(string blueVersion, string greenVersion) => $"is upgraded in place from {KubermaticCluster.Before} to {KubermaticCluster.After}, on simulated clusters (Kubernetes {blueVersion})";

    /// <inheritdoc/>
    public override string Blue => KubermaticCluster.Master;

    /// <inheritdoc/>
    public override string? Green => null;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ExportFolders { get; } = ["master", .. KubermaticCluster.Seeds.Select(seed => $"seed-{seed}")];

    /// <inheritdoc/>
    public override SandboxOptions Simulation(string blueVersion, string greenVersion) => new()
    {
        Identity = "rehearsal",
        Clusters = [new(KubermaticCluster.Master, blueVersion), .. KubermaticCluster.Seeds.Select(seed => new SandboxClusterOptions(seed, blueVersion))],
    };

    /// <inheritdoc/>
    public override Task PrepareAsync(SandboxHost sandbox, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override IEnumerable<(string Phase, string Cluster, IReadOnlyList<ClusterObject> Objects)> Furniture(SandboxHost sandbox) =>
    [
        ("Furnish the master", KubermaticCluster.Master, [.. KubermaticCluster.OnMaster(File.ReadAllText(sandbox.KubeConfigPath))]),
        .. KubermaticCluster.Seeds.Select(seed => ($"Furnish the seed {seed}", seed, (IReadOnlyList<ClusterObject>)[.. KubermaticCluster.OnSeed(seed)])),
    ];

    /// <inheritdoc/>
    public override void Begin(SandboxHost sandbox) => _kubermatic = sandbox.StartKubermatic(KubermaticCluster.Master, KubermaticCluster.Seeds.ToDictionary(seed => seed), s_pace);

    /// <inheritdoc/>
    public override Task<UpgradePlan> PlanAsync(
        SandboxHost sandbox, ClusterConnection blue, ClusterConnection? green, SystemDefinition system, IReporter reporter, CancellationToken cancellationToken) =>
        InPlacePlanner.PlanAsync(blue, system, "2.31", [Name], PlanOptions(sandbox), reporter, cancellationToken);

    /// <inheritdoc/>
    public override UpgradePlanOptions PlanOptions(SandboxHost sandbox) => new()
    {
        Name = "rehearsal",
        Setting = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["install"] = new Dictionary<string, string> { ["interval"] = "50ms", ["timeout"] = "30s" },
            ["reconcile"] = new Dictionary<string, string> { ["interval"] = "100ms", ["timeout"] = "30s" },
        },
    };

    /// <inheritdoc/>
    public override bool Plays(UpgradeStep step) => step.Kind == "External";

    // It comes with the file of this installation, which knows of no limit.
    /// <inheritdoc/>
    public override void Play(UpgradeStep step) => _kubermatic!.Install(KubermaticCluster.After, KubermaticCluster.SeedController);

    /// <inheritdoc/>
    protected override string? LackOnGreen(SandboxHost sandbox)
    {
        var master = sandbox.Cluster(KubermaticCluster.Master).Objects().ToList();
        var behind = master.Where(o => (string?)o["kind"] == "Seed" && (string?)o["status"]?["versions"]?["kubermatic"] != KubermaticCluster.After).Select(o => (string?)o["metadata"]?["name"]).ToList();
        if (behind.Count > 0)
            return $"Not every seed is at {KubermaticCluster.After}: {string.Join(", ", behind)}.";
        return LimitLack(master);
    }

    /// <inheritdoc/>
    public override string? LackAfterUndo(SandboxHost sandbox) => LimitLack([.. sandbox.Cluster(KubermaticCluster.Master).Objects()]);

    private static string? LimitLack(IReadOnlyList<System.Text.Json.Nodes.JsonObject> master) =>
        master.Single(o => (string?)o["kind"] == "KubermaticConfiguration")["spec"]?["seedController"]?["maximumParallelReconciles"] is { } limit ? $"The limit was not put back: it is {limit}." : null;
}
