using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Velero.Buckets;

namespace KonUpgrade.Sandbox.Velero.Volumes;

/// <summary>
/// The data of the claims in a backup: by which method it is backed up, or why it is not. The data itself is what the
/// volume's annotation <see cref="ContentAnnotation"/> says.
/// </summary>
internal sealed class BackupVolumes
{
    /// <summary>What is on a volume, in a word.</summary>
    public const string ContentAnnotation = "sandbox.konupgrade.dev/content";

    private readonly List<JsonObject> _infos = [];
    private int _snapshots, _csiSnapshots;

    private BackupVolumes()
    {
    }

    /// <summary>How many volumes' data is moved after the objects are backed up.</summary>
    public int Moved { get; private set; }

    /// <summary>What could not be backed up, with the namespace.</summary>
    public List<(string Namespace, string Problem)> Problems { get; } = [];

    /// <param name="items">What the backup has.</param>
    /// <param name="spec">What was asked for.</param>
    /// <param name="nodeAgent">Files of volumes can be backed up.</param>
    public static BackupVolumes Of(IReadOnlyList<ArchivedItem> items, JsonObject spec, bool nodeAgent)
    {
        var volumes = new BackupVolumes();
        Dictionary<string, JsonObject> persistent = items.Where(item => item.Resource == "persistentvolumes").ToDictionary(item => item.Name, item => item.Object, StringComparer.Ordinal);
        HashSet<string> files = FilesOf(items, Fields.Flag(spec, "defaultVolumesToFsBackup") || Fields.Flag(spec, "defaultVolumesToRestic"));
        bool snapshots = spec["snapshotVolumes"] is not JsonValue asked || !asked.TryGetValue(out bool taken) || taken;
        foreach (ArchivedItem claim in items.Where(item => item.Resource == "persistentvolumeclaims"))
        {
            string name = Fields.Text(claim.Object["spec"], "volumeName");
            if (!persistent.TryGetValue(name, out JsonObject? volume)) continue;
            volumes.Add(claim, name, volume, files.Contains(claim.Key), snapshots, Fields.Flag(spec, "snapshotMoveData"), nodeAgent);
        }
        return volumes;
    }

    /// <summary>What the status of the backup tells of snapshots.</summary>
    public JsonObject Counts()
    {
        var status = new JsonObject();
        if (_snapshots > 0) (status["volumeSnapshotsAttempted"], status["volumeSnapshotsCompleted"]) = (_snapshots, _snapshots);
        if (_csiSnapshots > 0) (status["csiVolumeSnapshotsAttempted"], status["csiVolumeSnapshotsCompleted"]) = (_csiSnapshots, _csiSnapshots);
        return status;
    }

    public JsonArray ToJson() => new([.. _infos.Select(info => info.DeepClone())]);

    // The claims whose files are backed up, because a Pod of the backup mounts them and says so, or all are.
    private static HashSet<string> FilesOf(IReadOnlyList<ArchivedItem> items, bool all)
    {
        var claims = new HashSet<string>(StringComparer.Ordinal);
        foreach (ArchivedItem pod in items.Where(item => item.Resource == "pods"))
        {
            Dictionary<string, string> annotations = Fields.Texts(pod.Object["metadata"], "annotations");
            string[] named = Names(annotations.GetValueOrDefault("backup.velero.io/backup-volumes")), without = Names(annotations.GetValueOrDefault("backup.velero.io/backup-volumes-excludes"));
            foreach (JsonObject volume in Fields.Objects(pod.Object["spec"], "volumes"))
            {
                string name = Metadata.Text(volume, "name"), claim = Fields.Text(volume["persistentVolumeClaim"], "claimName");
                if (claim.Length > 0 && (all ? !without.Contains(name) : named.Contains(name))) claims.Add($"{pod.Namespace}/{claim}");
            }
        }
        return claims;
    }

    private static string[] Names(string? list) => (list ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private void Add(ArchivedItem claim, string name, JsonObject volume, bool files, bool snapshots, bool move, bool nodeAgent)
    {
        string driver = Fields.Text(volume["spec"]?["csi"], "driver");
        // A share that many mount is no disk of which a snapshot could be taken.
        bool isShare = driver == "efs.csi.aws.com" || volume["spec"]?["nfs"] is not null;
        (string method, string? skipped) = (files, snapshots, isShare) switch
        {
            (true, _, _) => ("PodVolumeBackup", nodeAgent ? null : "no node-agent runs"),
            (_, false, _) => (string.Empty, "not satisfy the criteria for VolumePolicy or the legacy snapshot way"),
            (_, _, true) => (string.Empty, "no applicable volumesnapshotter found"),
            _ => (driver.Length > 0 ? "CSISnapshot" : "NativeSnapshot", null),
        };
        if (files && !nodeAgent) Problems.Add((claim.Namespace, $"error backing up the files of the claim {claim.Key}: daemonset pod not found in running state: the node-agent is not there"));
        if (skipped is null && method == "CSISnapshot") _csiSnapshots++;
        if (skipped is null && method == "NativeSnapshot") _snapshots++;
        bool moved = skipped is null && move && method == "CSISnapshot";
        if (moved) Moved++;
        var info = new JsonObject
        {
            ["pvcName"] = claim.Name,
            ["pvcNamespace"] = claim.Namespace,
            ["pvName"] = name,
            ["snapshotDataMoved"] = moved,
            ["preserveLocalSnapshot"] = !moved,
            ["skipped"] = skipped is not null,
        };
        if (skipped is not null) info["skippedReason"] = skipped;
        else info["backupMethod"] = method;
        info["pvInfo"] = new JsonObject { ["reclaimPolicy"] = Fields.Text(volume["spec"], "persistentVolumeReclaimPolicy"), ["labels"] = new JsonObject() };
        _infos.Add(info);
    }
}
