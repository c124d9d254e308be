using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>A system that a rehearsal moves: what its clusters are made of, and what its plan has to know.</summary>
internal abstract class RehearsedSystem
{
    /// <summary>What takes a cloud minutes takes parts of a second.</summary>
    protected const double Speed = 600;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RehearsedSystem> All { get; } = [new RehearsedKonstellation(), new RehearsedKubeflow(), new RehearsedKubermatic()];

    /// <summary>The system's name.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, as the beginning of a sentence.</summary>
    public abstract string Words { get; }

    /// <summary>How people come to it; null where nobody does by a host name.</summary>
    public virtual Entrance? Entrance => null;

    /// <summary>The clusters and the region around them.</summary>
    public abstract SandboxOptions Simulation(string blueVersion, string greenVersion);

    /// <summary>What becomes of it, after <see cref="Words"/>.</summary>
    public virtual string Way(string blueVersion, string greenVersion) => $"moves from blue (Kubernetes {blueVersion}) to green ({greenVersion}), on simulated clusters in a simulated region";

    /// <summary>The cluster that it is on; in place, the one that is upgraded.</summary>
    public virtual string Blue => "blue";

    /// <summary>The cluster that it moves to; null in place.</summary>
    public virtual string? Green => "green";

    /// <summary>The folders of its exports, within the directory that is asked for.</summary>
    public virtual IReadOnlyList<string> ExportFolders => [""];

    /// <summary>What lies on the clusters before anything is done.</summary>
    public virtual IEnumerable<(string Phase, string Cluster, IReadOnlyList<ClusterObject> Objects)> Furniture(SandboxHost sandbox) =>
        [("Furnish blue", "blue", OnBlue(sandbox.Cluster("blue"))), ("Install green", "green", OnGreen(sandbox.Cluster("green")))];

    /// <summary>What is on blue.</summary>
    public virtual IReadOnlyList<ClusterObject> OnBlue(SandboxCluster blue) => [];

    /// <summary>What is installed on green before anything is moved.</summary>
    public virtual IReadOnlyList<ClusterObject> OnGreen(SandboxCluster green) => [];

    /// <summary>Sets to work what works in the clusters by itself.</summary>
    public virtual void Begin(SandboxHost sandbox)
    {
    }

    /// <summary>Makes the plan.</summary>
    public virtual Task<UpgradePlan> PlanAsync(
        SandboxHost sandbox, ClusterConnection blue, ClusterConnection? green, SystemDefinition system, IReporter reporter, CancellationToken cancellationToken) =>
        UpgradePlanner.PlanAsync(blue, green!, system, PlanOptions(sandbox), reporter, cancellationToken);

    /// <summary>Whether the rehearsal does what a step asks somebody else to do.</summary>
    public virtual bool Plays(UpgradeStep step) => false;

    /// <summary>Does what a step asks somebody else to do.</summary>
    public virtual void Play(UpgradeStep step)
    {
    }

    /// <summary>Waits until blue serves, and lets people come there; says what they come to.</summary>
    public async Task<string> OpenAsync(SandboxHost sandbox, CancellationToken cancellationToken)
    {
        var blue = sandbox.Cluster(Blue);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        while (Entrance!.AddressOn(blue) is null || !IsServing(blue))
            await Task.Delay(50, patience.Token);
        Entrance.Lead(sandbox, Blue);
        return $"{Entrance.Host} leads to {Entrance.AddressOn(blue)}";
    }

    /// <summary>Whether its clusters are taken as those of EKS, whose node groups can be seen and made.</summary>
    public virtual bool IsOnEks => false;

    /// <summary>What the plan is made with.</summary>
    public abstract UpgradePlanOptions PlanOptions(SandboxHost sandbox);

    /// <summary>Adds what the clusters stand on, and what is in the account beside them: nodes, and the roles that ServiceAccounts name.</summary>
    public abstract Task PrepareAsync(SandboxHost sandbox, CancellationToken cancellationToken);

    /// <summary>What is not as it should be at the end; null for nothing.</summary>
    public string? Lack(SandboxHost sandbox) => LackOnGreen(sandbox) ?? LackOfWay(sandbox, "green");

    /// <summary>Whether all that people come for runs on a cluster.</summary>
    protected virtual bool IsServing(SandboxCluster cluster) => true;

    /// <summary>What of its own is not on green at the end, or in place not as it should be; null for nothing.</summary>
    protected abstract string? LackOnGreen(SandboxHost sandbox);

    /// <summary>What is not as before when it was taken back; null for nothing.</summary>
    public virtual string? LackAfterUndo(SandboxHost sandbox) => LackOfWay(sandbox, Blue);

    private string? LackOfWay(SandboxHost sandbox, string cluster) => Entrance is null || Entrance.LeadsTo(sandbox, cluster) ? null : $"{Entrance.Host} does not lead to {cluster}.";
}
