using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Velero.Buckets;
using KonUpgrade.Sandbox.Velero.Runs;
using KonUpgrade.Sandbox.Velero.Server;

namespace KonUpgrade.Sandbox.Velero.Restores;

/// <summary>Makes restores, one after another.</summary>
internal sealed class RestoreController(VeleroServer server) : VeleroController(server, "restores")
{
    private RestoreRun? _running;

    public override void Begin()
    {
        foreach (JsonObject left in Objects.All(Plural).Where(restore => VeleroObjects.PhaseOf(restore) == "InProgress"))
            Fail(left, "get a restore with status \"InProgress\" during the server starting, mark it as \"Failed\"");
        foreach (JsonObject left in Objects.All(Plural))
        {
            if (VeleroRun.OutcomeOf(VeleroObjects.PhaseOf(left)) is { } outcome) Objects.PatchStatus(Plural, left, new JsonObject { ["phase"] = outcome, ["completionTimestamp"] = Metadata.Time(Server.Now) });
        }
        LookAtAll();
    }

    public override void End() => _running = null;

    public override void Look(JsonObject item)
    {
        if (_running is null && VeleroObjects.PhaseOf(item) == "New") Start(item);
    }

    private void Start(JsonObject item)
    {
        var spec = (JsonObject)VeleroObjects.SpecOf(item).DeepClone();
        bool both = Metadata.Text(spec, "backupName").Length > 0 && Metadata.Text(spec, "scheduleName").Length > 0;
        if (!both && Metadata.Text(spec, "scheduleName") is { Length: > 0 } schedule && LatestOf(schedule) is { } latest) spec["backupName"] = latest;
        IReadOnlyList<string> errors = RestoreRules.Check(Server, spec);
        if (both) errors = ["Either a backup or schedule must be specified as a source for the restore, but not both", .. errors];
        if (errors.Count > 0)
        {
            Objects.PatchStatus(Plural, item, new JsonObject { ["phase"] = "FailedValidation", ["validationErrors"] = new JsonArray([.. errors.Select(error => (JsonNode?)error)]) });
            return;
        }
        spec["excludedResources"] = new JsonArray([.. Metadata.Strings(spec, "excludedResources").Union(RestoreOrder.Never).Select(name => (JsonNode?)name)]);
        if (Metadata.Text(spec, "itemOperationTimeout").Length == 0) spec["itemOperationTimeout"] = "4h0m0s";
        var status = new JsonObject { ["phase"] = "InProgress", ["startTimestamp"] = Metadata.Time(Server.Now) };
        if (Objects.Patch(Plural, item, new JsonObject { ["spec"] = spec, ["status"] = status }) is not { } begun) return;
        JsonObject backup = Objects.Find("backups", Metadata.Text(spec, "backupName"))!;
        BackupStore? store = Server.Store(Server.Location(Fields.Text(backup["spec"], "storageLocation"))!);
        if (store?.Find("BackupContents", Metadata.Name(backup)) is not { } archive)
        {
            Fail(begun, $"error downloading backup: object {store?.KeyOf("BackupContents", Metadata.Name(backup))} does not exist");
            return;
        }
        _running = new RestoreRun(Server, store, begun, BackupArchive.Read(archive), Next);
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

    private void Fail(JsonObject restore, string why)
        => Objects.PatchStatus(Plural, restore, new JsonObject { ["phase"] = "Failed", ["failureReason"] = why, ["completionTimestamp"] = Metadata.Time(Server.Now) });

    private string? LatestOf(string schedule) => Objects.All("backups")
        .Where(backup => Fields.Texts(backup["metadata"], "labels").GetValueOrDefault("velero.io/schedule-name") == schedule && VeleroObjects.PhaseOf(backup) == "Completed")
        .OrderBy(backup => Fields.Text(backup["status"], "startTimestamp"), StringComparer.Ordinal)
        .Select(Metadata.Name).LastOrDefault();
}
