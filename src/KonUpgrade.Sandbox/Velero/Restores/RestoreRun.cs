using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Velero.Buckets;
using KonUpgrade.Sandbox.Velero.Runs;
using KonUpgrade.Sandbox.Velero.Server;
using KonUpgrade.Sandbox.Velero.Volumes;

namespace KonUpgrade.Sandbox.Velero.Restores;

/// <summary>One restore at work.</summary>
internal sealed class RestoreRun : VeleroRun
{
    private readonly VeleroServer _server;
    private readonly BackupStore _store;
    private readonly JsonObject _restore;
    private readonly JsonObject _spec;
    private readonly IReadOnlyList<ArchivedItem> _archive;
    private readonly IReadOnlyList<ArchivedItem> _items;
    private readonly ItemRestore _writes;
    private readonly RestoreVolumes _volumes;
    private readonly List<ArchivedItem> _restored = [];

    public RestoreRun(VeleroServer server, BackupStore store, JsonObject restore, IReadOnlyList<ArchivedItem> archive, Action ended)
        : base(server, "restores", restore, ended)
    {
        _server = server;
        _store = store;
        _restore = restore;
        _spec = VeleroObjects.SpecOf(restore);
        _archive = archive;
        _items = RestoreSelection.Of(archive, _spec, server.Cluster.Catalog);
        _writes = new ItemRestore(server.Cluster, restore, Report);
        _volumes = RestoreVolumes.Of(server.Cluster, store, _items, _spec);
        Report.Info($"starting restore {Name} of backup {Metadata.Text(_spec, "backupName")}");
    }

    protected override int Total => _items.Count;

    protected override int Operations => _volumes.Moved;

    protected override string OperationsField => "restoreItemOperations";

    protected override JsonObject Progress(int handled) => new() { ["totalItems"] = _items.Count, ["itemsRestored"] = handled };

    protected override void Handle(int index)
    {
        ArchivedItem item = _items[index];
        string where = item.Namespace.Length == 0 ? string.Empty : Mapped(item.Namespace);
        try
        {
            if (Trouble?.Strikes(item.Path) == true) throw new SandboxException(Trouble.Words);
            if (Restore(item, where)) _restored.Add(item);
        }
        catch (Exception refused) when (refused is ApiError or SandboxException)
        {
            Report.Error(where, $"error restoring {item.Path}: {refused.Message}");
        }
    }

    protected override void Store(JsonObject item)
    {
        _store.Put("RestoreLog", Name, Compressed.Of(Report.Log));
        _store.Put("RestoreResults", Name, Compressed.Of(Report.ToJson()));
        _store.Put("RestoreResourceList", Name, Compressed.Of(ArchivedItem.List(_restored)));
        _store.Put("RestoreItemOperations", Name, Compressed.Of(new JsonArray()));
        _store.Put("RestoreVolumeInfo", Name, Compressed.Of(_volumes.ToJson()));
    }

    private bool Restore(ArchivedItem item, string where)
    {
        if (RestoredForm.Skipped(item) is { } reason)
        {
            Report.Info($"{item.Path}: {reason}");
            return false;
        }
        if (_server.Cluster.Catalog.FindKind(Metadata.Text(item.Object, "apiVersion"), Metadata.Text(item.Object, "kind")) is not { } kind)
        {
            // A kind that the cluster has not at all is passed over without a warning; one that it has in other versions is an error.
            bool known = _server.Cluster.Catalog.Resources.Any(resource => Selecting.KindNames.Of(resource) == item.Resource);
            if (known) throw new SandboxException("the server could not find the requested resource");
            Report.Info($"Skipping restore of resource {item.Resource} because it cannot be resolved via discovery");
            return false;
        }
        if (where.Length > 0) EnsureNamespace(item.Namespace, where);
        JsonObject made = RestoredForm.Of(item, where, _restore);
        if (item.Resource == "namespaces") Metadata.Of(made)["name"] = Mapped(item.Name);
        switch (item.Resource)
        {
            case "persistentvolumes":
                if (!_volumes.Prepare(item, made))
                {
                    Report.Info($"{item.Path}: the volume is made anew for its claim");
                    return false;
                }
                break;
            case "persistentvolumeclaims":
                _volumes.PrepareClaim(item, made);
                break;
        }
        if (!_writes.Write(kind, where, item, made)) return true;
        if (item.Resource == "customresourcedefinitions.apiextensions.k8s.io") _server.Cluster.Definitions.Establish(item.Name);
        if (item.Resource == "persistentvolumeclaims") _volumes.Bind(item, where);
        return true;
    }

    // As it was in the backup where the backup has it.
    private void EnsureNamespace(string original, string name)
    {
        ApiResource namespaces = _server.Cluster.BuiltIn(string.Empty, "namespaces");
        if (_server.Cluster.Store.Find(namespaces.Collection, name) is { } there)
        {
            if (there.Terminating) throw new SandboxException($"namespace {name} is being terminated");
            return;
        }
        ArchivedItem item = _archive.FirstOrDefault(item => item.Resource == "namespaces" && item.Name == original)
            ?? new ArchivedItem("namespaces", string.Empty, original, new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = original } });
        JsonObject made = RestoredForm.Of(item, string.Empty, _restore);
        Metadata.Of(made)["name"] = name;
        if (name != original) Fields.Object(made["metadata"], "labels").Remove("kubernetes.io/metadata.name");
        _writes.Write(namespaces, string.Empty, item, made);
    }

    private string Mapped(string @namespace) => Metadata.Text(Fields.Object(_spec, "namespaceMapping"), @namespace) is { Length: > 0 } mapped ? mapped : @namespace;
}
