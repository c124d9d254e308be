using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using KonUpgrade.Sandbox.DataPlane.Work;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.DataPlane.Workloads;

/// <summary>Keeps the templates of StatefulSets and DaemonSets as ControllerRevisions, each under a name of its own.</summary>
internal sealed class OwnerRevisions(PlaneContext plane)
{
    /// <summary>The revision of the present template; null when it was made just now and comes as a change.</summary>
    public ItemView? Present(ItemView owner, ApiResource kind)
    {
        JsonObject data = Data(owner);
        ItemView[] all = [.. plane.Caches.Revisions.ControlledBy(owner.Uid).OrderBy(Number)];
        long last = all.Length == 0 ? 0 : Number(all[^1]);
        if (all.LastOrDefault(revision => Json.Same(revision.Item["data"], data)) is { } there)
        {
            if (Number(there) == last) return there;
            // A template that comes back is the newest again.
            plane.Writes.Change(plane.Caches.Revisions.Kind, there, item =>
            {
                item["revision"] = last + 1;
                return true;
            });
            return null;
        }
        string hash = PodTemplates.Hash(data, Fields.Number(owner.Status, "collisionCount", 0));
        var labels = new JsonObject { [kind.Kind == "DaemonSet" ? PodView.RevisionHash : "controller.kubernetes.io/hash"] = hash };
        foreach ((string key, string value) in Fields.Texts(Fields.Object(owner.Spec["template"], "metadata"), "labels")) labels[key] = value;
        plane.Writes.Create(plane.Caches.Revisions.Kind, owner.Namespace, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{owner.Name}-{hash}",
                ["labels"] = labels,
                ["ownerReferences"] = new JsonArray(PodTemplates.Owner(owner, kind)),
            },
            ["data"] = data,
            ["revision"] = last + 1,
        });
        return null;
    }

    /// <summary>Lets go of old revisions that nothing was made from, but for as many as are to be kept.</summary>
    public void Forget(ItemView owner, IReadOnlySet<string> used)
    {
        long kept = Fields.Number(owner.Spec, "revisionHistoryLimit", 10);
        ItemView[] unused = [.. plane.Caches.Revisions.ControlledBy(owner.Uid).Where(revision => !used.Contains(revision.Name)).OrderBy(Number)];
        foreach (ItemView revision in unused.Take((int)Math.Max(0, unused.Length - kept))) plane.Writes.Delete(plane.Caches.Revisions.Kind, revision, DisruptionCause.Controller);
    }

    /// <summary>The template that a revision keeps.</summary>
    public static JsonNode? Template(ItemView revision)
    {
        var template = (JsonObject)Fields.Object(Fields.Object(revision.Item, "data"), "spec").DeepClone();
        if (template["template"] is not JsonObject kept) return null;
        kept.Remove("$patch");
        return kept;
    }

    private static JsonObject Data(ItemView owner)
    {
        var template = (JsonObject)Fields.Object(owner.Spec, "template").DeepClone();
        template["$patch"] = "replace";
        return new JsonObject { ["spec"] = new JsonObject { ["template"] = template } };
    }

    private static long Number(ItemView revision) => Fields.Number(revision.Item, "revision", 0);
}
