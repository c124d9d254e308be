using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;

namespace KonUpgrade.Sandbox.Velero.Buckets;

/// <summary>One place in a bucket, in the layout that every Velero server reads and writes.</summary>
internal sealed class BackupStore(Bucket bucket, string prefix)
{
    private const string Metadata = "velero-backup.json";

    private readonly string _root = prefix.Trim('/') is { Length: > 0 } folder ? $"{folder}/" : string.Empty;

    public Bucket Bucket { get; } = bucket;

    /// <summary>The names of the backups in it.</summary>
    public IReadOnlyList<string> Backups()
        => [.. Bucket.Keys().Where(key => key.StartsWith($"{_root}backups/", StringComparison.Ordinal) && key.EndsWith($"/{Metadata}", StringComparison.Ordinal))
            .Select(key => key[(_root.Length + "backups/".Length)..^(Metadata.Length + 1)])
            .Where(name => !name.Contains('/', StringComparison.Ordinal))];

    /// <summary>The Backup object as it was stored; null when there is none.</summary>
    public JsonObject? Find(string backup) => Bucket.Find($"{_root}backups/{backup}/{Metadata}") is { } json ? JsonTree.ParseObject(json) : null;

    public void Put(string backup, JsonObject item) => Bucket.Put($"{_root}backups/{backup}/{Metadata}", JsonTree.ToUtf8(item));

    public byte[]? Find(string target, string name) => KeyOf(target, name) is { } key ? Bucket.Find(key) : null;

    public void Put(string target, string name, byte[] content) => Bucket.Put(KeyOf(target, name)!, content);

    public void RemoveBackup(string backup) => Bucket.RemoveAll($"{_root}backups/{backup}/");

    public void RemoveRestore(string restore) => Bucket.RemoveAll($"{_root}restores/{restore}/");

    /// <summary>Where a file is that a DownloadRequest may name; null where there is no such kind of file.</summary>
    public string? KeyOf(string target, string name)
    {
        string backup = $"{_root}backups/{name}/{name}", restore = $"{_root}restores/{name}/restore-{name}";
        return target switch
        {
            "BackupLog" => $"{backup}-logs.gz",
            "BackupContents" => $"{backup}.tar.gz",
            "BackupVolumeSnapshots" => $"{backup}-volumesnapshots.json.gz",
            "BackupItemOperations" => $"{backup}-itemoperations.json.gz",
            "BackupResourceList" => $"{backup}-resource-list.json.gz",
            "BackupResults" => $"{backup}-results.gz",
            "CSIBackupVolumeSnapshots" => $"{backup}-csi-volumesnapshots.json.gz",
            "CSIBackupVolumeSnapshotContents" => $"{backup}-csi-volumesnapshotcontents.json.gz",
            "BackupVolumeInfos" => $"{backup}-volumeinfo.json.gz",
            "RestoreLog" => $"{restore}-logs.gz",
            "RestoreResults" => $"{restore}-results.gz",
            "RestoreResourceList" => $"{restore}-resource-list.json.gz",
            "RestoreItemOperations" => $"{restore}-itemoperations.json.gz",
            "RestoreVolumeInfo" => $"{restore}-volumeinfo.json.gz",
            _ => null,
        };
    }
}
