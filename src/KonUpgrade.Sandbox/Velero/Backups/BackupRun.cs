using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Velero.Buckets;
using KonUpgrade.Sandbox.Velero.Runs;
using KonUpgrade.Sandbox.Velero.Server;
using KonUpgrade.Sandbox.Velero.Volumes;

namespace KonUpgrade.Sandbox.Velero.Backups;

/// <summary>One backup at work.</summary>
internal sealed class BackupRun : VeleroRun
{
    // From this version on a namespace that is asked for and is not there is an error.
    private const int MissesNamespaces = 14;

    private readonly BackupStore _store;
    private readonly IReadOnlyList<ArchivedItem> _items;
    private readonly List<ArchivedItem> _stored = [];
    private readonly BackupVolumes _volumes;

    public BackupRun(VeleroServer server, BackupStore store, JsonObject backup, Action ended)
        : base(server, "backups", backup, ended)
    {
        _store = store;
        JsonObject spec = VeleroObjects.SpecOf(backup);
        _items = BackupSelection.Of(server.Cluster, spec);
        _volumes = BackupVolumes.Of(_items, spec, server.Installation.NodeAgent);
        Report.Info($"Starting backup {server.Installation.Namespace}/{Name}");
        if (server.Minor >= MissesNamespaces) MissNamespaces(server, spec);
        foreach ((string @namespace, string problem) in _volumes.Problems) Report.Error(@namespace, problem);
    }

    protected override int Total => _items.Count;

    protected override int Operations => _volumes.Moved;

    protected override string OperationsField => "backupItemOperations";

    protected override void Handle(int index)
    {
        ArchivedItem item = _items[index];
        if (Trouble?.Strikes(item.Path) == true)
        {
            Report.Error(item.Namespace, $"error backing up {item.Path}: {Trouble.Words}");
            return;
        }
        _stored.Add(item);
        Report.Info($"Backed up {index + 1} items out of an estimated total of {_items.Count} (estimate will change throughout the backup): {item.Path}");
    }

    protected override JsonObject Progress(int handled) => new() { ["totalItems"] = _items.Count, ["itemsBackedUp"] = handled };

    protected override JsonObject Outcome() => _volumes.Counts();

    protected override void Store(JsonObject item)
    {
        bool whole = VeleroObjects.PhaseOf(item) != "Failed";
        if (whole)
        {
            _store.Put("BackupContents", Name, BackupArchive.Write(_stored));
            _store.Put("BackupResourceList", Name, Compressed.Of(ArchivedItem.List(_stored)));
            _store.Put("BackupVolumeInfos", Name, Compressed.Of(_volumes.ToJson()));
            foreach (string empty in (ReadOnlySpan<string>)["BackupVolumeSnapshots", "BackupItemOperations", "CSIBackupVolumeSnapshots", "CSIBackupVolumeSnapshotContents"]) _store.Put(empty, Name, Compressed.Of(new JsonArray()));
        }
        _store.Put("BackupLog", Name, Compressed.Of(Report.Log));
        _store.Put("BackupResults", Name, Compressed.Of(Report.ToJson()));
        _store.Put(Name, item);
    }

    private void MissNamespaces(VeleroServer server, JsonObject spec)
    {
        ApiResource namespaces = server.Cluster.BuiltIn(string.Empty, "namespaces");
        foreach (string name in Metadata.Strings(spec, "includedNamespaces").Where(name => name != "*" && server.Cluster.Store.Find(namespaces.Collection, name) is null))
            Report.Error(RunReport.Server, $"fail to get the namespace {name} specified in backup.Spec.IncludedNamespaces: namespaces \"{name}\" not found");
    }
}
