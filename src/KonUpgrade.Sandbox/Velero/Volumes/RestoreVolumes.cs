using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Storage;
using KonUpgrade.Sandbox.Velero.Buckets;
using KonUpgrade.Sandbox.Velero.Server;

namespace KonUpgrade.Sandbox.Velero.Volumes;

/// <summary>
/// What becomes of claims and volumes in a restore: a claim whose data is in the backup gets a new volume with that data;
/// a volume that is to be retained is restored as it was, over the same storage; any other claim waits for an empty volume.
/// </summary>
internal sealed class RestoreVolumes
{
    private static readonly string[] BindAnnotations = ["pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller", "volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner", "volume.kubernetes.io/selected-node"];

    private readonly SimulatedCluster _cluster;
    private readonly Dictionary<string, JsonObject> _volumes;
    private readonly Dictionary<string, JsonObject> _backedUp;
    private readonly List<JsonObject> _infos = [];

    private RestoreVolumes(SimulatedCluster cluster, Dictionary<string, JsonObject> volumes, Dictionary<string, JsonObject> backedUp)
    {
        _cluster = cluster;
        _volumes = volumes;
        _backedUp = backedUp;
    }

    /// <summary>How many volumes' data is moved after the objects are restored.</summary>
    public int Moved { get; private init; }

    public static RestoreVolumes Of(SimulatedCluster cluster, BackupStore store, IReadOnlyList<ArchivedItem> items, JsonObject spec)
    {
        bool wanted = spec["restorePVs"] is not JsonValue asked || !asked.TryGetValue(out bool restored) || restored;
        var backedUp = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        if (wanted && store.Find("BackupVolumeInfos", Metadata.Text(spec, "backupName")) is { } infos && JsonTree.Parse(Compressed.Unpack(infos)) is JsonArray list)
        {
            foreach (JsonObject info in list.OfType<JsonObject>().Where(info => !Fields.Flag(info, "skipped"))) backedUp[Metadata.Text(info, "pvName")] = info;
        }
        Dictionary<string, JsonObject> volumes = items.Where(item => item.Resource == "persistentvolumes").ToDictionary(item => item.Name, item => item.Object, StringComparer.Ordinal);
        return new RestoreVolumes(cluster, volumes, backedUp)
        {
            Moved = items.Count(item => item.Resource == "persistentvolumeclaims" && backedUp.TryGetValue(VolumeOf(item), out JsonObject? info) && Fields.Flag(info, "snapshotDataMoved")),
        };
    }

    /// <summary>Readies a volume; false when it is not restored itself.</summary>
    public bool Prepare(ArchivedItem volume, JsonObject made)
    {
        if (!IsKept(volume.Name)) return false;
        // The claim in the new cluster is another one, of the same name.
        JsonObject claim = Fields.Object(made["spec"], "claimRef");
        claim.Remove("uid");
        claim.Remove("resourceVersion");
        return true;
    }

    public void PrepareClaim(ArchivedItem claim, JsonObject made)
    {
        JsonObject annotations = Fields.Object(made["metadata"], "annotations");
        foreach (string annotation in BindAnnotations) annotations.Remove(annotation);
        if (annotations.Count == 0) Metadata.Of(made).Remove("annotations");
        if (_volumes.ContainsKey(VolumeOf(claim)) && !IsKept(VolumeOf(claim))) Fields.Object(made, "spec").Remove("volumeName");
    }

    /// <summary>Gives a claim that was made its volume, as the storage's driver would.</summary>
    /// <param name="claim">As it is in the backup.</param>
    /// <param name="where">The namespace it went to.</param>
    public void Bind(ArchivedItem claim, string where)
    {
        string old = VolumeOf(claim);
        if (!_volumes.TryGetValue(old, out JsonObject? volume)) return;
        ApiResource claims = _cluster.BuiltIn(string.Empty, "persistentvolumeclaims"), volumes = _cluster.BuiltIn(string.Empty, "persistentvolumes");
        string key = StoredObject.KeyOf(where, claim.Name);
        if (_cluster.Store.Find(claims.Collection, key) is not { } made) return;
        JsonObject reference = new() { ["apiVersion"] = "v1", ["kind"] = "PersistentVolumeClaim", ["namespace"] = where, ["name"] = claim.Name, ["uid"] = made.Uid };
        string name = old;
        if (IsKept(old))
        {
            _cluster.Writes.ChangeStored(volumes, old, item => Set(item, "claimRef", reference));
        }
        else if (_backedUp.TryGetValue(old, out JsonObject? info))
        {
            name = $"pvc-{made.Uid}";
            _cluster.Writes.Create(volumes, string.Empty, Copy(volume, name, reference), new WriteOptions { Manager = VeleroObjects.Manager });
            _infos.Add(new JsonObject
            {
                ["pvcName"] = claim.Name,
                ["pvcNamespace"] = where,
                ["pvName"] = name,
                ["restoreMethod"] = Metadata.Text(info, "backupMethod"),
                ["snapshotDataMoved"] = Fields.Flag(info, "snapshotDataMoved"),
            });
        }
        else
        {
            return;
        }
        JsonNode? capacity = volume["spec"]?["capacity"]?.DeepClone(), modes = volume["spec"]?["accessModes"]?.DeepClone();
        _cluster.Writes.ChangeStored(volumes, name, item => SetStatus(item, new JsonObject { ["phase"] = "Bound" }));
        _cluster.Writes.ChangeStored(claims, key, item => Set(item, "volumeName", name) | SetStatus(item, new JsonObject { ["phase"] = "Bound", ["accessModes"] = modes, ["capacity"] = capacity }));
    }

    public JsonArray ToJson() => new([.. _infos.Select(info => info.DeepClone())]);

    private static string VolumeOf(ArchivedItem claim) => Fields.Text(claim.Object["spec"], "volumeName");

    // Without data of its own in the backup, a volume that outlives its claim is the data.
    private bool IsKept(string name)
        => _volumes.TryGetValue(name, out JsonObject? volume) && !_backedUp.ContainsKey(name) && Fields.Text(volume["spec"], "persistentVolumeReclaimPolicy") != "Delete";

    private static JsonObject Copy(JsonObject volume, string name, JsonObject claim)
    {
        var spec = (JsonObject)Fields.Object(volume, "spec").DeepClone();
        spec["claimRef"] = claim.DeepClone();
        // Another disk than the one that was backed up.
        if (spec["csi"] is JsonObject csi) csi["volumeHandle"] = $"vol-0{name.Replace("-", string.Empty, StringComparison.Ordinal)[3..19]}";
        JsonObject annotations = new() { ["pv.kubernetes.io/provisioned-by"] = Fields.Text(spec["csi"], "driver") is { Length: > 0 } driver ? driver : "velero.io/sandbox" };
        if (Fields.Texts(volume["metadata"], "annotations").GetValueOrDefault(BackupVolumes.ContentAnnotation) is { } content) annotations[BackupVolumes.ContentAnnotation] = content;
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "PersistentVolume", ["metadata"] = new JsonObject { ["name"] = name, ["annotations"] = annotations }, ["spec"] = spec };
    }

    private static bool Set(JsonObject item, string field, JsonNode value)
    {
        Fields.Made(item, "spec")[field] = value.DeepClone();
        return true;
    }

    private static bool SetStatus(JsonObject item, JsonObject status)
    {
        item["status"] = status;
        return true;
    }
}
