using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Work;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.DataPlane.Workloads;

/// <summary>Rolls Deployments out over ReplicaSets.</summary>
internal sealed class DeploymentController : ObjectController
{
    public const string HashLabel = "pod-template-hash";
    public const string Revision = "deployment.kubernetes.io/revision";

    private readonly ObjectCache<ItemView> _sets;

    public DeploymentController(PlaneContext plane)
        : base(plane, plane.Caches.Deployments)
    {
        _sets = plane.Caches.ReplicaSets;
        _sets.Changed += (before, after) => Followers.EnqueueOwner(Objects, before, after, Enqueue);
        // With Recreate the last old Pod must be gone, not only about to go.
        plane.Caches.Pods.Changed += (before, after) =>
        {
            if (after is not null || before?.Controller is not { Kind: "ReplicaSet" } link) return;
            if (_sets.Has(StoredObject.KeyOf(before.Namespace, link.Name), out ItemView? set)) Followers.EnqueueOwner(Objects, set, set, Enqueue);
        };
    }

    protected override void Reconcile(string key)
    {
        if (!Objects.Has(key, out ItemView? deployment)) return;
        if (Adoption.Adopt(Plane, deployment, Objects.Kind, _sets, _ => true)) return;
        var rollout = new Rollout(deployment, _sets.ControlledBy(deployment.Uid));
        if (!deployment.Terminating && Work(rollout)) return;
        DateTimeOffset? late = DeploymentStatus.Tell(Plane, rollout);
        if (late is { } due) EnqueueAt(key, due);
    }

    // True when something was changed that comes back as a change before the status can tell of it.
    private bool Work(Rollout rollout)
    {
        bool paused = Fields.Flag(rollout.Deployment.Spec, "paused");
        if (rollout.New is null && !paused) return MakeNew(rollout);
        if (SetRevision(rollout)) return true;
        if (paused) return Resize(rollout);
        if (rollout.Recreate) return Replace(rollout);
        if (GrowNew(rollout)) return true;
        if (ShrinkOld(rollout)) return true;
        return Forget(rollout);
    }

    private bool MakeNew(Rollout rollout)
    {
        ItemView deployment = rollout.Deployment;
        if (rollout.Recreate && HoldsOld(rollout)) return ScaleAll(rollout.Old, rollout, 0);
        string hash = PodTemplates.Hash(deployment.Spec["template"], Fields.Number(deployment.Status, "collisionCount", 0));
        string name = $"{deployment.Name}-{hash}";
        var template = (JsonObject)deployment.Spec["template"]!.DeepClone();
        Fields.Made(Fields.Made(template, "metadata"), "labels")[HashLabel] = hash;
        var selector = (JsonObject)(deployment.Spec["selector"]?.DeepClone() ?? new JsonObject());
        Fields.Made(selector, "matchLabels")[HashLabel] = hash;
        var annotations = new JsonObject();
        foreach ((string key, string value) in Fields.Texts(deployment.Item["metadata"], "annotations"))
        {
            if (!IsOwn(key)) annotations[key] = value;
        }
        long replicas = rollout.FirstOfNew();
        annotations[Rollout.Desired] = Number(rollout.Replicas);
        annotations[Rollout.Most] = Number(rollout.Replicas + rollout.MaxSurge);
        annotations[Revision] = Number(rollout.LastRevision + 1);
        var spec = new JsonObject { ["replicas"] = replicas, ["selector"] = selector, ["template"] = template };
        if (deployment.Spec["minReadySeconds"] is { } minimum) spec["minReadySeconds"] = minimum.DeepClone();
        try
        {
            Plane.Writes.Create(_sets.Kind, deployment.Namespace, new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["labels"] = template["metadata"]!["labels"]!.DeepClone(),
                    ["annotations"] = annotations,
                    ["ownerReferences"] = new JsonArray(PodTemplates.Owner(deployment, Objects.Kind)),
                },
                ["spec"] = spec,
            });
        }
        catch (ApiError taken) when (taken.Reason == "AlreadyExists")
        {
            // Another one has the name: the next hash is another.
            return Plane.Writes.Change(Objects.Kind, deployment, item =>
            {
                JsonObject status = Fields.Made(item, "status");
                status["collisionCount"] = Fields.Number(status, "collisionCount", 0) + 1;
                return true;
            });
        }
        return true;
    }

    private bool SetRevision(Rollout rollout)
    {
        if (rollout.New is not { } current) return false;
        string revision = current.View.Annotation(Revision);
        if (!long.TryParse(revision, out long number) || number <= rollout.LastRevision)
        {
            string next = Number(rollout.LastRevision + 1);
            return Plane.Writes.Change(_sets.Kind, current.View, item =>
            {
                Fields.Made(Metadata.Of(item), "annotations")[Revision] = next;
                return true;
            });
        }
        return rollout.Deployment.Annotation(Revision) != revision && Plane.Writes.Change(Objects.Kind, rollout.Deployment, item =>
        {
            Fields.Made(Metadata.Of(item), "annotations")[Revision] = revision;
            return true;
        });
    }

    // A paused Deployment is scaled, and nothing else.
    private bool Resize(Rollout rollout)
    {
        Replicas[] active = [.. rollout.All.Where(set => set.Wanted > 0)];
        if (active.Length > 1) return false;
        Replicas? one = active.Length == 1 ? active[0] : rollout.New ?? (rollout.Old.Count > 0 ? rollout.Old[^1] : null);
        return one is not null && Scale(one, rollout, rollout.Replicas);
    }

    private bool Replace(Rollout rollout)
    {
        if (rollout.Old.Any(set => set.Wanted > 0)) return ScaleAll(rollout.Old, rollout, 0);
        if (HoldsOld(rollout)) return false;
        return Scale(rollout.New!, rollout, rollout.Replicas) || Forget(rollout);
    }

    private bool HoldsOld(Rollout rollout) => rollout.Old.Any(set => set.Wanted > 0 || Plane.Caches.Pods.ControlledBy(set.View.Uid).Any(pod => !pod.Finished));

    private bool GrowNew(Rollout rollout)
    {
        Replicas current = rollout.New!;
        if (current.Wanted > rollout.Replicas) return Scale(current, rollout, rollout.Replicas);
        return Scale(current, rollout, current.Wanted + rollout.Growth(current.Wanted));
    }

    private bool ShrinkOld(Rollout rollout)
    {
        Replicas current = rollout.New!;
        long all = rollout.All.Sum(set => set.Wanted), least = rollout.Replicas - rollout.MaxUnavailable;
        if (rollout.Old.Sum(set => set.Wanted) == 0) return false;
        long most = all - least - (current.Wanted - current.Available);
        if (most <= 0) return false;
        bool any = false;
        // First those that serve nobody.
        foreach (Replicas old in rollout.Old)
        {
            long down = Math.Min(most, old.Wanted - old.Available);
            if (down <= 0) continue;
            any |= Scale(old, rollout, old.Wanted - down);
            most -= down;
            old.Wanted -= down;
        }
        long spare = rollout.All.Sum(set => set.Available) - least;
        foreach (Replicas old in rollout.Old)
        {
            long down = Math.Min(spare, old.Wanted);
            if (down <= 0) continue;
            any |= Scale(old, rollout, old.Wanted - down);
            spare -= down;
        }
        return any;
    }

    // Old ReplicaSets are kept for the way back, but not for ever.
    private bool Forget(Rollout rollout)
    {
        long kept = Fields.Number(rollout.Deployment.Spec, "revisionHistoryLimit", 10);
        Replicas[] idle = [.. rollout.Old.Where(set => set.Wanted == 0 && !set.View.Terminating && Fields.Number(set.View.Status, "replicas", 0) == 0)
            .OrderBy(set => long.TryParse(set.View.Annotation(Revision), out long revision) ? revision : 0)];
        if (!DeploymentStatus.IsComplete(rollout)) return false;
        foreach (Replicas old in idle.Take((int)Math.Max(0, idle.Length - kept))) Plane.Writes.Delete(_sets.Kind, old.View, Disruptions.DisruptionCause.Controller);
        return false;
    }

    private bool ScaleAll(IEnumerable<Replicas> sets, Rollout rollout, long to)
    {
        bool any = false;
        foreach (Replicas set in sets) any |= Scale(set, rollout, to);
        return any;
    }

    private bool Scale(Replicas set, Rollout rollout, long to)
    {
        string desired = Number(rollout.Replicas), most = Number(rollout.Replicas + rollout.MaxSurge);
        if (set.Wanted != to)
        {
            return Plane.Writes.ChangeSpec(_sets.Kind, set.View, item =>
            {
                Fields.Made(item, "spec")["replicas"] = to;
                Annotate(item, desired, most);
                return true;
            });
        }
        if (to == 0 || (set.View.Annotation(Rollout.Desired) == desired && set.View.Annotation(Rollout.Most) == most)) return false;
        return Plane.Writes.Change(_sets.Kind, set.View, item =>
        {
            Annotate(item, desired, most);
            return true;
        });
    }

    private static void Annotate(JsonObject item, string desired, string most)
    {
        JsonObject annotations = Fields.Made(Metadata.Of(item), "annotations");
        annotations[Rollout.Desired] = desired;
        annotations[Rollout.Most] = most;
    }

    // What is told of the Deployment itself is not handed down.
    private static bool IsOwn(string annotation)
        => annotation is "kubectl.kubernetes.io/last-applied-configuration" or Revision or "deployment.kubernetes.io/revision-history" or Rollout.Desired or Rollout.Most or "deprecated.deployment.rollback.to";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
