using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;
using KonUpgrade.Rehearsal;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Benchmarks.Upgrades.Scenes;

/// <summary>What is upgraded while processes are killed: two clusters, what is on them, and the way from one to the other.</summary>
internal abstract class UpgradeScene
{
    /// <summary>The upgrade's name.</summary>
    public const string Upgrade = "crash";

    /// <summary>The step that waits for somebody, who lets green take over.</summary>
    private const string HandOver = "hand-over";

    /// <summary>The system that the scene is of.</summary>
    public abstract string SystemName { get; }

    /// <summary>The clusters and what is around them.</summary>
    public abstract SandboxOptions Options { get; }

    /// <summary>Whether the clusters are taken as those of EKS.</summary>
    public virtual bool IsOnEks => false;

    /// <summary>The step before which somebody lets green take over.</summary>
    protected abstract string HandsOverBefore { get; }

    /// <summary>The scene of a system.</summary>
    public static UpgradeScene Of(string system) => system switch
    {
        KonstellationScene.Name => new KonstellationScene(),
        KubeflowScene.Name => new KubeflowScene(),
        _ => new SmallScene(),
    };

    /// <summary>A system as it is on clusters of a region.</summary>
    public static SystemDefinition SystemOf(string name, IIamRoles? roles) => new SystemCatalog(new SystemServices { Roles = roles }).Get(name);

    /// <summary>Puts the clusters into the state in which an upgrade begins.</summary>
    public async Task LayAsync(SandboxHost host, CancellationToken cancellationToken)
    {
        await FurnishAsync(host, cancellationToken);
        host.Cluster("green").Seed(
        [
            """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"ops"}}""",
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"hand-over","namespace":"ops"},"data":{"ready":"false"}}""",
        ], "installer");
    }

    /// <summary>What people and controllers do on blue in the middle of the upgrade; then somebody lets green take over.</summary>
    public void Change(SandboxHost host)
    {
        Work(host.Cluster("blue"));
        host.Cluster("green").Patch("v1", "ConfigMap", "ops", "hand-over", """{"data":{"ready":"true"}}""", "installer");
    }

    /// <summary>The plan, with a step that waits until somebody lets green take over.</summary>
    public async Task<UpgradePlan> PlanAsync(SandboxHost host, CancellationToken cancellationToken)
    {
        await using var blue = await SimulatedClusters.ConnectAsync(host, "blue", IsOnEks, cancellationToken);
        await using var green = await SimulatedClusters.ConnectAsync(host, "green", IsOnEks, cancellationToken);
        var options = PlanOptions(host) with { Name = Upgrade, Secret = SecretHandling.Include };
        var plan = await UpgradePlanner.PlanAsync(blue, green, SystemOf(SystemName, roles: null), options, NullReporter.Instance, cancellationToken);
        var at = plan.Steps.ToList().FindIndex(step => step.Id == HandsOverBefore);
        var kind = StepKind.Find(StepKind.External)!;
        var waits = new UpgradeStep
        {
            Id = HandOver,
            Kind = StepKind.External,
            Title = "Wait until green may take over",
            Target = UpgradeSide.Green,
            After = plan.Steps[at].After,
            Changes = kind.Changes,
            Undo = kind.Undo,
            Risk = kind.Risk,
            Setting = new Dictionary<string, string>
            {
                ["object"] = "ConfigMap/hand-over",
                ["namespace"] = "ops",
                ["field"] = "data.ready",
                ["value"] = "true",
                ["interval"] = "50ms",
                ["timeout"] = "60s",
            },
        };
        return plan with { Steps = [.. plan.Steps.Take(at), waits, plan.Steps[at] with { After = [HandOver] }, .. plan.Steps.Skip(at + 1)] };
    }

    /// <summary>What the plan is made with.</summary>
    protected abstract UpgradePlanOptions PlanOptions(SandboxHost host);

    /// <summary>Lays what the clusters and their account have.</summary>
    protected abstract Task FurnishAsync(SandboxHost host, CancellationToken cancellationToken);

    /// <summary>What people and controllers do on blue in the middle of the upgrade.</summary>
    protected abstract void Work(SandboxCluster blue);
}
