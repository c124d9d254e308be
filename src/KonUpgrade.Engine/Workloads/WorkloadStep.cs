using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>One workload and what is to be done with it: what can be told without its content, and the patch.</summary>
/// <param name="Resource">What it is.</param>
/// <param name="Means">By what it is held.</param>
/// <param name="Change">What will have become of it, or has.</param>
/// <param name="Patch">The JSON merge patch; null where nothing is to be done.</param>
/// <param name="Owners">Who is to own the fields that are given back.</param>
internal sealed record WorkloadStep(ApiResource Resource, HoldMeans Means, WorkloadChange Change, byte[]? Patch, IReadOnlyList<ReleasedOwner> Owners)
{
    /// <summary>What must be there before it is resumed.</summary>
    public IReadOnlyList<HoldNeed> Needs { get; init; } = [];

    /// <summary>That it would act on the world outside; null where that is not why it was held.</summary>
    public HoldOutward? Outward { get; init; }

    /// <summary>In whose name it is written.</summary>
    public string Manager { get; init; } = OurFieldManager.Name;

    /// <summary>
    /// Whether it still says that it is held when it is written: it says who owned the fields that are given back, and
    /// that must not be lost before they own them again.
    /// </summary>
    public bool StaysHeld { get; init; }

    /// <summary>Whether the one that suspends holds it once that is done: not what its owner has at rest, nor what somebody else holds.</summary>
    public bool IsOurHold { get; init; }

    /// <summary>Words for the warning that comes when it is resumed nevertheless; null where there is nothing to warn of.</summary>
    public string? Warning { get; init; }

    /// <summary>Looks at a workload.</summary>
    /// <returns>Null where there is nothing to say of it: it is a controller's own, is over, or was never held.</returns>
    public static WorkloadStep? Of(KubernetesObject o, ApiResource resource, HoldMeans means, WorkloadOptions options, string context, bool named, DateTimeOffset now)
    {
        var change = new WorkloadChange
        {
            Context = context,
            ApiVersion = resource.ApiVersion,
            Kind = resource.Kind,
            Namespace = o.Namespace,
            Name = o.Name,
            Class = means.Class,
            Uid = o.Uid,
            Action = WorkloadChangeAction.Unchanged,
        };
        try
        {
            if (o.Metadata.TryGetProperty("deletionTimestamp"u8, out _))
                return named ? Nothing(change with { Action = WorkloadChangeAction.Skipped, Reason = "It is being deleted." }) : null;
            return options.Resume ? Resumed(o) : Suspended(o);
        }
        catch (UpgradeException e)
        {
            return Nothing(Failed(change, e.Failure));
        }

        WorkloadStep Nothing(WorkloadChange done) => new(resource, means, done, null, []);

        WorkloadStep? Suspended(KubernetesObject live)
        {
            if (options.OnlyMade && live.Metadata.Member("annotations"u8).Text(WorkloadHold.UpgradeAnnotation) != options.Upgrade)
                return named ? Nothing(change with { Reason = "Another upgrade made it, or none." }) : null;
            var result = WorkloadHold.Hold(live, means, new HoldRequest(now) { Upgrade = options.Upgrade });
            if (result.Outcome == HoldOutcome.Held && LosesClaims(live))
                return Nothing(Failed(change, HoldFailures.LosesClaims(NameOf(change))));
            return result.Outcome switch
            {
                HoldOutcome.Held => new WorkloadStep(
                    resource, means, change with { Action = WorkloadChangeAction.Suspended, Fields = result.Fields }, PatchOf(live, result.Json), [])
                { IsOurHold = true },
                HoldOutcome.Owned or HoldOutcome.Over when !named => null,
                HoldOutcome.Owned => Nothing(change with { Action = WorkloadChangeAction.Skipped, Reason = result.Note }),
                _ => Nothing(change with { Reason = result.Note }) with { IsOurHold = result.Outcome == HoldOutcome.HeldAlready && result.Upgrade == options.Upgrade },
            };
        }

        WorkloadStep? Resumed(KubernetesObject live)
        {
            if (WorkloadHold.Release(live) is not { } result)
                return named ? Nothing(change with { Reason = "It is not held." }) : null;
            // What somebody else holds is theirs to give back.
            if (options.Upgrade is { } upgrade && result.Upgrade != upgrade)
            {
                var reason = result.Upgrade is { } other
                    ? $"The upgrade {other} holds it: it is left held, until that one is taken back with -RemoveImported or Resume-ClusterWorkload lets it run."
                    : "A command by itself holds it: it is left held, until Resume-ClusterWorkload lets it run.";
                return Nothing(change with { Action = WorkloadChangeAction.Skipped, Reason = reason });
            }

            // As it was said then: what was missing may be there by now.
            string[] words = [.. result.Kept, .. result.Reason is { } why ? (string[])[$"The reason to hold it was: {why}."] : []];
            change = change with { Action = WorkloadChangeAction.Resumed, Fields = result.Fields, Reason = words.Length == 0 ? null : string.Join(' ', words) };
            var manager = ManagerOf(result.Owners);
            var stays = result.Owners.Count > 0 && manager == OurFieldManager.Name;
            return new WorkloadStep(resource, means, change, PatchOf(live, result.Json, stays), result.Owners) { Needs = result.Needs, Outward = result.Outward, Manager = manager, StaysHeld = stays };
        }
    }

    /// <summary>A workload that could not be changed.</summary>
    public static WorkloadChange Failed(WorkloadChange change, Failure failure) => change with
    {
        Action = WorkloadChangeAction.Failed,
        Fields = [],
        Reason = failure.Message,
        Failure = failure.Target is null ? failure with { Target = NameOf(change) } : failure,
    };

    /// <summary>A workload as people write it.</summary>
    public static string NameOf(WorkloadChange change) =>
        change.Namespace is { } ns ? $"{change.ApiVersion} {change.Kind} {ns}/{change.Name}" : $"{change.ApiVersion} {change.Kind} {change.Name}";

    // Its controller removes the claims of Pods that it scales away, where it is told to.
    private static bool LosesClaims(KubernetesObject o) => o is { Group: "apps", Kind: "StatefulSet" }
        && o.Root.Member("spec").Member("persistentVolumeClaimRetentionPolicy").Text("whenScaled") == "Delete"
        && o.Root.Member("spec").Objects("volumeClaimTemplates").Any();

    /// <summary>What makes an object say no longer that it is held, beside other changes of it.</summary>
    /// <param name="live">The object as it is.</param>
    /// <param name="changes">The JSON merge patch of the other changes; null where there are none.</param>
    /// <returns>The JSON merge patch; null where there is nothing to be changed.</returns>
    public static byte[]? WithoutHold(KubernetesObject live, byte[]? changes)
    {
        if (!WorkloadHold.IsHeld(live))
            return changes;
        var patch = changes is null ? [] : JsonTree.Parse(changes);
        if (patch["metadata"] is not JsonObject metadata)
            patch["metadata"] = metadata = [];
        metadata["resourceVersion"] = live.ResourceVersion;
        metadata["uid"] = live.Uid;
        metadata["annotations"] = live.Metadata.Member("annotations"u8).EnumerateObject().Skip(1).Any() ? new JsonObject { [WorkloadHold.Annotation] = null } : null;
        return JsonTree.Write(patch);
    }

    // Whoever owned all the fields by update gives them their values; what was applied is put right afterwards.
    private static string ManagerOf(IReadOnlyList<ReleasedOwner> released)
    {
        var owners = released.Select(o => o.Managers).ToList();
        return owners.Count > 0 && owners.All(o => o.Count == 1 && o[0] == owners[0][0]) && owners[0][0] is { Operation: "Update", Manager.Length: > 0 } one
            ? one.Manager
            : OurFieldManager.Name;
    }

    // Only the object as it was looked at is changed; somebody else's change between is a conflict.
    private static byte[] PatchOf(KubernetesObject live, ReadOnlyMemory<byte> after, bool staysHeld = false)
    {
        var patch = MergePatch.Between(JsonTree.Parse(live.Json), JsonTree.Parse(after));
        if (patch["metadata"] is not JsonObject metadata)
            patch["metadata"] = metadata = [];
        if (staysHeld && metadata.ContainsKey("annotations"))
        {
            // All of them go but the one that says what is held: some are held themselves.
            var annotations = metadata["annotations"] as JsonObject ?? new JsonObject(live.Metadata.Member("annotations"u8).EnumerateObject().Select(one => KeyValuePair.Create(one.Name, (JsonNode?)null)));
            annotations.Remove(WorkloadHold.Annotation);
            metadata["annotations"] = annotations;
            if (annotations.Count == 0)
                metadata.Remove("annotations");
        }
        metadata["resourceVersion"] = live.ResourceVersion;
        metadata["uid"] = live.Uid;
        return JsonTree.Write(patch);
    }
}
