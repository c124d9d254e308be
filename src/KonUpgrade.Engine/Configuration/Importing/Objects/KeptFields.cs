using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// Fields of an object that is there which differ from the import and are left all the same: those by which it could be
/// held, and the replicas that an autoscaler has.
/// </summary>
/// <param name="Fields">The fields.</param>
/// <param name="Scaled">Whether they are an autoscaler's.</param>
internal sealed record KeptFields(IReadOnlyList<FieldDifference> Fields, bool Scaled)
{
    /// <summary>Looks for them.</summary>
    /// <param name="workload">What is wanted of the object.</param>
    /// <param name="live">The object that is there.</param>
    /// <param name="scaled">Whether an autoscaler has its replicas.</param>
    public static KeptFields Of(ImportWorkload workload, KubernetesObject live, bool scaled)
    {
        var isHeld = WorkloadHold.IsHeld(live);
        var means = workload.OnlyWhereHeld && !isHeld ? null : workload.Means;
        if (means is null && !scaled)
            return new KeptFields([], scaled);
        var wanted = JsonTree.Parse(workload.Wanted);
        // What is held will be what it was: that is what counts, and not the value that holds.
        var there = JsonTree.Parse(isHeld ? Released(live) : live.Json);
        var replicas = new HoldMeans { Group = "", Kind = "", Class = WorkloadClass.Serving, Fields = [new HoldingField(FieldPath.Of("spec", "replicas"), "0")] };
        return new KeptFields(WorkloadFields.Differences(wanted, there, means ?? replicas), scaled && means is null);
    }

    /// <summary>What they are and why they are left; null where there are none.</summary>
    public string? Reason => Fields.Count == 0
        ? null
        : $"{string.Join(", ", Fields.Select(f => $"{f.Path} is {f.Difference ?? "not there"} on the target and {f.Reference ?? "not there"} in the import"))}: left as it is, since {(Scaled ? "an autoscaler has it" : "a workload that is there is neither held nor released by an import")}.";

    private static ReadOnlyMemory<byte> Released(KubernetesObject live)
    {
        try
        {
            return WorkloadHold.Release(live)?.Json ?? live.Json;
        }
        catch (UpgradeException)
        {
            // Its annotation is damaged, which is said when it is resumed.
            return live.Json;
        }
    }
}
