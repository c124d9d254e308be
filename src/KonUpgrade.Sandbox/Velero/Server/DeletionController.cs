using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Velero.Buckets;

namespace KonUpgrade.Sandbox.Velero.Server;

/// <summary>Deletes backups when a DeleteBackupRequest asks for it: their data, the restores from them, and themselves.</summary>
internal sealed class DeletionController(VeleroServer server) : VeleroController(server, "deletebackuprequests")
{
    private static readonly TimeSpan Takes = TimeSpan.FromSeconds(1), Kept = TimeSpan.FromHours(24);

    public override void Begin() => LookAtAll();

    public override void Look(JsonObject item)
    {
        switch (VeleroObjects.PhaseOf(item))
        {
            case "New":
                string name = Fields.Text(item["spec"], "backupName");
                JsonObject? backup = Objects.Find("backups", name);
                if (Refusal(name, backup) is { } refused)
                {
                    Objects.PatchStatus(Plural, item, new JsonObject { ["phase"] = "Processed", ["errors"] = new JsonArray(refused) });
                    return;
                }
                Objects.PatchStatus("backups", backup!, new JsonObject { ["phase"] = "Deleting" });
                Objects.Patch(Plural, item, new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["velero.io/backup-name"] = LabelValues.Of(name), ["velero.io/backup-uid"] = Metadata.Uid(backup!) } },
                    ["status"] = new JsonObject { ["phase"] = "InProgress" },
                });
                break;
            case "InProgress":
                Server.At(Server.Now + Takes, () => Delete(item));
                break;
            case "Processed":
                Server.At(Server.Now + Kept, () => Objects.Delete(Plural, item));
                break;
        }
    }

    private string? Refusal(string name, JsonObject? backup)
    {
        if (name.Length == 0) return "spec.backupName is required";
        if (backup is null) return "backup not found";
        if (VeleroObjects.PhaseOf(backup) is "InProgress") return "backup is still in progress";
        string where = Fields.Text(backup["spec"], "storageLocation");
        if (Server.Location(where) is not { } location) return $"backup storage location {where} not found";
        if (Fields.Text(location["spec"], "accessMode") == "ReadOnly") return $"cannot delete backup because backup storage location {Metadata.Name(location)} is currently in read-only mode";
        return VeleroObjects.PhaseOf(location) == "Unavailable" ? $"cannot delete backup because backup storage location {Metadata.Name(location)} is currently unavailable" : null;
    }

    private void Delete(JsonObject request)
    {
        string name = Fields.Text(request["spec"], "backupName");
        if (Objects.Find("backups", name) is { } backup)
        {
            BackupStore? store = Server.Location(Fields.Text(backup["spec"], "storageLocation")) is { } location ? Server.Store(location) : null;
            foreach (JsonObject restore in Objects.All("restores").Where(restore => Fields.Text(restore["spec"], "backupName") == name))
            {
                store?.RemoveRestore(Metadata.Name(restore));
                Objects.Delete("restores", restore);
            }
            store?.RemoveBackup(name);
            Objects.Delete("backups", backup);
        }
        Objects.Delete(Plural, request);
        // Others that asked for the same have got it too.
        foreach (JsonObject other in Objects.All(Plural).Where(other => Fields.Text(other["spec"], "backupName") == name)) Objects.Delete(Plural, other);
    }
}
