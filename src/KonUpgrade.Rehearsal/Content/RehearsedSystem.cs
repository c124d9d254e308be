using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>A system that a rehearsal moves: what its clusters are made of, and what its plan has to know.</summary>
internal abstract class RehearsedSystem
{
    /// <summary>What takes a cloud minutes takes parts of a second.</summary>
    protected const double Speed = 600;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RehearsedSystem> All { get; } = [new RehearsedKonstellation(), new RehearsedKubeflow()];

    /// <summary>The system's name.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, as the beginning of a sentence.</summary>
    public abstract string Words { get; }

    /// <summary>How people come to it.</summary>
    public abstract Entrance Entrance { get; }

    /// <summary>The clusters and the region around them.</summary>
    public abstract SandboxOptions Simulation(string blueVersion, string greenVersion);

    /// <summary>What is on blue.</summary>
    public abstract IReadOnlyList<ClusterObject> OnBlue(SandboxCluster blue);

    /// <summary>What is installed on green before anything is moved.</summary>
    public abstract IReadOnlyList<ClusterObject> OnGreen(SandboxCluster green);

    /// <summary>What the plan is made with.</summary>
    public abstract UpgradePlanOptions PlanOptions(SandboxHost sandbox);

    /// <summary>Adds what the clusters stand on, and what is in the account beside them: nodes, and the roles that ServiceAccounts name.</summary>
    public abstract Task PrepareAsync(SandboxHost sandbox, CancellationToken cancellationToken);

    /// <summary>What is not on green at the end, and should be; null for nothing.</summary>
    public string? Lack(SandboxHost sandbox) => LackOnGreen(sandbox) ?? (Entrance.LeadsTo(sandbox, "green") ? null : $"{Entrance.Host} does not lead to green.");

    /// <summary>What of its own is not on green at the end; null for nothing.</summary>
    protected abstract string? LackOnGreen(SandboxHost sandbox);
}
