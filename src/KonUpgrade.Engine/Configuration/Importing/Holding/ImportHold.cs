using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Holding;

/// <summary>
/// What arrives held: workloads of the classes that are to be held, and any workload that something else speaks against.
/// Only what is created is held. An object that is there already keeps the fields by which it could be: what a person has
/// released is not held again, and what is held is not released.
/// </summary>
internal sealed class ImportHold(IReadOnlyList<HoldMeans> means, WorkloadClass classes, string? upgrade, TimeProvider time)
{
    private readonly Dictionary<(string Group, string Kind), HoldMeans> _means = means.ToDictionary(m => (m.Group, m.Kind));

    /// <summary>Whether an object can be held: its kind can be, and no controller decides whether it runs.</summary>
    /// <param name="resource">What it is written to.</param>
    /// <param name="o">The object.</param>
    /// <param name="controller">The controller that does, or null.</param>
    public bool CanHold(ApiResource resource, KubernetesObject o, out string? controller)
    {
        controller = null;
        if (!_means.TryGetValue((resource.Group, resource.Kind), out var own))
            return false;
        controller = WorkloadHold.ControllerOf(o, own);
        return controller is null;
    }

    /// <summary>Decides about one object.</summary>
    /// <param name="resource">What it is written to.</param>
    /// <param name="body">The object as it would be written.</param>
    /// <param name="owner">Who will own it, or null.</param>
    /// <param name="cause">What speaks against its running, whatever its class; null where nothing does.</param>
    /// <exception cref="UpgradeException">HoldStateDamaged, HoldNotPossible.</exception>
    public ImportWorkload Decide(ApiResource resource, ReadOnlyMemory<byte> body, FieldOwner? owner, HoldCause? cause)
    {
        if (!_means.TryGetValue((resource.Group, resource.Kind), out var own))
            return new ImportWorkload(body, body, null);
        // What is held for a reason of its own may be there and held since an earlier import: its fields are kept, too.
        if (cause is null && (classes & own.Class) == 0)
            return new ImportWorkload(body, body, own) { OnlyWhereHeld = true };
        using var o = KubernetesObject.Parse(body);
        var by = owner is null ? null : new FieldManager(owner.Manager, owner.Operation);
        var result = WorkloadHold.Hold(o, own, new HoldRequest(time.GetUtcNow()) { Upgrade = upgrade, Reason = cause?.Reason, Needs = cause?.Needs ?? [], Outward = cause?.Outward, Owner = by });
        if (result.Outcome != HoldOutcome.Held)
            return new ImportWorkload(body, body, own) { Cause = cause };
        var how = string.Join(", ", result.Fields.Select(f => $"{f.Path} {f.After}, was {f.Before ?? "not there"}"));
        return new ImportWorkload(result.Json, body, own) { Held = result.Fields, Cause = cause, Note = $"{(cause is null ? "Held" : $"Held, since {cause.Reason}")}: {how}." };
    }
}

/// <summary>An object that is brought in, as it is created and as it is compared with one that is there.</summary>
/// <param name="Created">What is sent where it is absent.</param>
/// <param name="Wanted">What is wanted of it otherwise.</param>
/// <param name="Means">By what it can be held; null where its kind can't be.</param>
internal sealed record ImportWorkload(ReadOnlyMemory<byte> Created, ReadOnlyMemory<byte> Wanted, HoldMeans? Means)
{
    /// <summary>What was held, where it is created; null where nothing was.</summary>
    public IReadOnlyList<HeldField>? Held { get; init; }

    /// <summary>What speaks against its running beyond being asked for; null where nothing does.</summary>
    public HoldCause? Cause { get; init; }

    /// <summary>Why it was held beyond being asked for; null where that is all, or it was not.</summary>
    public string? HeldReason => Held is null ? null : Cause?.Reason;

    /// <summary>How it was held, in words for people.</summary>
    public string? Note { get; init; }

    /// <summary>Whether an object that is there keeps its fields only where it is held.</summary>
    public bool OnlyWhereHeld { get; init; }

    /// <summary>
    /// What is wanted of an object that is there: the fields by which it can be held are as they are there.
    /// </summary>
    /// <param name="live">The object that is there.</param>
    /// <param name="manager">For an apply as this manager: plain fields that it does not own are not told at all. Null to have them all, for a comparison.</param>
    public ReadOnlyMemory<byte> WantedOf(KubernetesObject live, string? manager)
    {
        if (Means is null || (OnlyWhereHeld && !WorkloadHold.IsHeld(live)))
            return Wanted;
        var wanted = JsonTree.Parse(Wanted);
        var there = JsonTree.Parse(live.Json);
        foreach (var field in Means.Fields)
            WorkloadFields.Keep(wanted, there, field.Path, tell: manager is null || WorkloadFields.IsOwned(live, field.Path, manager, "Apply"));
        var annotation = FieldPath.Of("metadata", "annotations", WorkloadHold.Annotation);
        WorkloadFields.Keep(wanted, there, annotation, tell: manager is null || WorkloadFields.IsOwned(live, annotation, manager, "Apply"));
        return JsonTree.Write(wanted);
    }
}
