using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Velero.Buckets;
using KonUpgrade.Sandbox.Velero.Runs;
using KonUpgrade.Sandbox.Velero.Server;

namespace KonUpgrade.Sandbox.Velero.Backups;

/// <summary>Makes backups, one after another.</summary>
internal sealed class BackupController(VeleroServer server) : VeleroController(server, "backups")
{
    // From this version on a backup that has to wait says so.
    private const int Queues = 18;

    private BackupRun? _running;

    public override void Begin()
    {
        foreach (JsonObject left in Objects.All(Plural).Where(backup => VeleroObjects.PhaseOf(backup) == "InProgress"))
        {
            Objects.PatchStatus(Plural, left, new JsonObject
            {
                ["phase"] = "Failed",
                ["failureReason"] = "get a backup with status \"InProgress\" during the server starting, mark it as \"Failed\"",
                ["completionTimestamp"] = Metadata.Time(Server.Now),
            });
        }
        foreach (JsonObject left in Objects.All(Plural))
        {
            // All that was left to do was to wait: the new server does that.
            if (VeleroRun.OutcomeOf(VeleroObjects.PhaseOf(left)) is not { } outcome) continue;
            JsonObject? ended = Objects.PatchStatus(Plural, left, new JsonObject { ["phase"] = outcome, ["completionTimestamp"] = Metadata.Time(Server.Now) });
            if (ended is not null && Server.Location(Metadata.Text(VeleroObjects.SpecOf(ended), "storageLocation")) is { } location) Server.Store(location)?.Put(Metadata.Name(ended), ended);
        }
        LookAtAll();
    }

    public override void End() => _running = null;

    public override void Look(JsonObject item)
    {
        if (VeleroObjects.PhaseOf(item) is not ("New" or "Queued" or "ReadyToStart")) return;
        if (_running is not null)
        {
            if (Server.Minor >= Queues) Queue();
            return;
        }
        Start(item);
    }

    private void Queue()
    {
        int position = 0;
        foreach (JsonObject waiting in Objects.All(Plural).Where(backup => VeleroObjects.PhaseOf(backup) is "New" or "Queued"))
            Objects.PatchStatus(Plural, waiting, new JsonObject { ["phase"] = "Queued", ["queuePosition"] = ++position });
    }

    private void Start(JsonObject item)
    {
        JsonObject asked = Complete(item);
        IReadOnlyList<string> errors = BackupRules.Check(Server, VeleroObjects.SpecOf(asked));
        JsonObject spec = VeleroObjects.SpecOf(asked), status = new() { ["version"] = 1, ["formatVersion"] = "1.1.0", ["queuePosition"] = null };
        if (errors.Count > 0)
        {
            status["phase"] = "FailedValidation";
            status["validationErrors"] = new JsonArray([.. errors.Select(error => (JsonNode?)error)]);
        }
        else
        {
            status["phase"] = "InProgress";
            status["startTimestamp"] = Metadata.Time(Server.Now);
            status["expiration"] = Metadata.Time(Server.Now + GoDurations.Read(Metadata.Text(spec, "ttl"))!.Value);
        }
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = asked["metadata"]!["labels"]!.DeepClone(), ["annotations"] = asked["metadata"]!["annotations"]!.DeepClone() },
            ["spec"] = spec.DeepClone(),
            ["status"] = status,
        };
        if (Objects.Patch(Plural, item, patch) is not { } begun || errors.Count > 0) return;
        string name = Metadata.Name(begun);
        BackupStore store = Server.Store(Server.Location(Metadata.Text(spec, "storageLocation"))!)!;
        if (store.Find(name) is not null)
        {
            Objects.PatchStatus(Plural, begun, new JsonObject { ["phase"] = "Failed", ["failureReason"] = "backup already exists in object storage", ["completionTimestamp"] = Metadata.Time(Server.Now) });
            return;
        }
        _running = new BackupRun(Server, store, begun, Next);
        _running.Begin();
    }

    private void Next()
    {
        _running = null;
        foreach (JsonObject waiting in Objects.All(Plural))
        {
            if (_running is not null) return;
            Look(waiting);
        }
    }

    private JsonObject Complete(JsonObject item)
    {
        var asked = (JsonObject)item.DeepClone();
        JsonObject spec = VeleroObjects.SpecOf(asked), metadata = Metadata.Of(asked);
        if (Metadata.Text(spec, "storageLocation").Length == 0 && Server.Location(string.Empty) is { } location) spec["storageLocation"] = Metadata.Name(location);
        foreach ((string field, string value) in (ReadOnlySpan<(string, string)>)[("ttl", "720h0m0s"), ("csiSnapshotTimeout", "10m0s"), ("itemOperationTimeout", "4h0m0s")])
        {
            if (Metadata.Text(spec, field) is "" or "0s") spec[field] = value;
        }
        spec["snapshotMoveData"] ??= false;
        spec["defaultVolumesToFsBackup"] ??= false;
        DataPlane.Fields.Made(metadata, "labels")[BackupSync.LocationLabel] = LabelValues.Of(Metadata.Text(spec, "storageLocation"));
        JsonObject annotations = DataPlane.Fields.Made(metadata, "annotations");
        annotations["velero.io/resource-timeout"] = "10m0s";
        annotations["velero.io/source-cluster-k8s-gitversion"] = Server.Cluster.Version.GitVersion;
        annotations["velero.io/source-cluster-k8s-major-version"] = "1";
        annotations["velero.io/source-cluster-k8s-minor-version"] = Server.Cluster.Version.Minor.ToString(CultureInfo.InvariantCulture);
        return asked;
    }
}
