using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Work;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.DataPlane.Volumes;

/// <summary>Binds claims that name their volume to it, where the volume names them or nobody. Nothing provisions volumes here.</summary>
internal sealed class VolumeBinder : ObjectController
{
    private readonly ObjectCache<ItemView> _volumes;

    public VolumeBinder(PlaneContext plane)
        : base(plane, plane.Caches.Claims)
    {
        _volumes = plane.Caches.Volumes;
        _volumes.Changed += (_, after) =>
        {
            if (after?.Spec["claimRef"] is JsonObject claim) Enqueue(StoredObject.KeyOf(Fields.Text(claim, "namespace"), Fields.Text(claim, "name")));
        };
    }

    protected override void Reconcile(string key)
    {
        if (!Objects.Has(key, out ItemView? claim) || claim.Terminating || Fields.Text(claim.Item["status"], "phase") == "Bound") return;
        if (Fields.Text(claim.Spec, "volumeName") is not { Length: > 0 } name || !_volumes.Has(name, out ItemView? volume) || volume.Terminating) return;
        if (volume.Spec["claimRef"] is JsonObject other && (Fields.Text(other, "namespace") != claim.Namespace || Fields.Text(other, "name") != claim.Name || Fields.Text(other, "uid") is { Length: > 0 } uid && uid != claim.Uid)) return;
        Plane.Writes.ChangeSpec(_volumes.Kind, volume, item =>
        {
            var spec = (JsonObject)item["spec"]!;
            if (Fields.Text(spec["claimRef"], "uid") == claim.Uid) return false;
            spec["claimRef"] = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "PersistentVolumeClaim", ["namespace"] = claim.Namespace, ["name"] = claim.Name, ["uid"] = claim.Uid };
            return true;
        });
        Plane.Writes.Change(_volumes.Kind, volume, item => Bound(item, []), PlaneWrites.Manager);
        var status = new JsonObject { ["accessModes"] = volume.Spec["accessModes"]?.DeepClone(), ["capacity"] = volume.Spec["capacity"]?.DeepClone() };
        Plane.Writes.Change(Objects.Kind, claim, item => Bound(item, status), PlaneWrites.Manager);
    }

    private static bool Bound(JsonObject item, JsonObject status)
    {
        if (Fields.Text(item["status"], "phase") == "Bound") return false;
        status["phase"] = "Bound";
        item["status"] = status;
        return true;
    }
}
