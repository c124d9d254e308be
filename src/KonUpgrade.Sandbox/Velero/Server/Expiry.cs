using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;

namespace KonUpgrade.Sandbox.Velero.Server;

/// <summary>The end of backups whose time is over.</summary>
internal static class Expiry
{
    private const string FailureLabel = "velero.io/gc-failure";

    public static void Collect(VeleroServer server)
    {
        foreach (JsonObject backup in server.Objects.All("backups"))
        {
            if (Fields.Time(backup["status"], "expiration") is not { } expiration || expiration > server.Now || VeleroObjects.PhaseOf(backup) is "InProgress" or "Deleting") continue;
            JsonObject? location = server.Location(Metadata.Text(Fields.Object(backup, "spec"), "storageLocation"));
            string? hindrance = location is null ? "BSLNotFound" : Fields.Text(location["spec"], "accessMode") == "ReadOnly" ? "BSLReadOnly" : null;
            if (hindrance is not null)
            {
                server.Objects.Patch("backups", backup, new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { [FailureLabel] = hindrance } } });
                continue;
            }
            string name = Metadata.Name(backup);
            if (server.Objects.All("deletebackuprequests").Any(request => Fields.Text(request["spec"], "backupName") == name && VeleroObjects.PhaseOf(request) != "Processed")) continue;
            server.Objects.Create("deletebackuprequests", new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["generateName"] = $"{name}-",
                    ["labels"] = new JsonObject { ["velero.io/backup-name"] = LabelValues.Of(name), ["velero.io/backup-uid"] = Metadata.Uid(backup) },
                },
                ["spec"] = new JsonObject { ["backupName"] = name },
            });
        }
    }
}
